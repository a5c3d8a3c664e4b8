"""Packs: a document's clauses and rules, found, loaded, exported, and adopted."""
