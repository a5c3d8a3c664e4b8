"""Watching a ledger (监测): what each recorded fact and each midnight changes in findings and decisions."""
