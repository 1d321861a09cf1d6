"""A promise to give if something happens: a saved card, and leave to charge it."""

from datetime import datetime
from typing import Any


def settle_named(account: str, named: dict[str, Any], at: datetime) -> bool:
    """Bring the pledge that an object of Stripe's names up to date; if there is one."""
    return False
