"""The columnar projection: the facts of a ledger as arrays; derived, disposable, and never believed unchecked."""
