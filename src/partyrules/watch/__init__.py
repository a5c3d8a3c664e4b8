"""A ledger watched: the findings and decisions of everybody, kept current."""
