"""The columnar evaluator: the same expression tree over whole populations at once, in arrays."""
