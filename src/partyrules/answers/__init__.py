"""Answers as values, as columns, on the wire and in words."""
