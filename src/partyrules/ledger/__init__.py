"""Where facts are kept: append-only, in order, chained by hashes."""
