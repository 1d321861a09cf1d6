"""One guest's evening as they see it: what they are up for, what it may cost, why."""

from guests.evening.reading import (
    money_of,
    of,
    of_guest,
    of_people,
    with_requests,
)
from guests.evening.seen import Evening

__all__ = ["Evening", "money_of", "of", "of_guest", "of_people", "with_requests"]
