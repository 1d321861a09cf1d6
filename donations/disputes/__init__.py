"""A bank asks for a donor's money back: followed from the first word to the last."""

from datetime import datetime


def settle(account: str, dispute_id: str, *, at: datetime) -> bool:
    """Bring a dispute up to date from a fresh answer; whether it is one of ours."""
    return False


def settle_warning(account: str, warning_id: str, *, at: datetime) -> bool:
    """Bring a bank's early warning up to date; whether it is about one of ours."""
    return False
