"""What columns cannot express; the reference evaluator then serves."""


class NotColumnar(Exception):  # noqa: N818 - no error of anybody: it says what the reference has to do
    """What a rule asks is not expressed in columns; the reason, in words."""
