"""Registers that people keep in spreadsheets, read as facts by a mapping, and templates for them."""
