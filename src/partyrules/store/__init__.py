"""Columns of facts: derived, disposable, kept in a file, and never believed unchecked."""
