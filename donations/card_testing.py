"""Limits on payment pages: who tests stolen cards comes to a page of gifts.

Counted are new pages, not presses. What somebody owes has a fixed amount and a signed
link, so only its own guest's pages are counted: a whole venue pays from one network.
Free gifts are counted by person, by network, and all together. There is no hook for a
puzzle to solve: no page of ours asks a third party.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.core.cache import cache
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from donations.checkout import CheckoutFailed
from events import activity
from events.models import Event
from losers_lounge.throttle import Throttle

logger = structlog.get_logger(__name__)

HOUR = 3600
BY_PERSON = Throttle("pages_by_person", most=5, seconds=HOUR)
BY_NETWORK = Throttle("pages_by_network", most=10, seconds=HOUR)
ALL_GIFTS = Throttle("pages_of_gifts", most=200, seconds=HOUR)
EVERYBODY = "everybody"
TOLD = "card_testing.told"
# What a cache that is down, or full, may answer with.
CACHE_ERRORS = (DatabaseError, OSError)


class TooManyPages(CheckoutFailed):
    """Too many pages in too short a time; nothing was charged."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Too many tries in a short time. Nothing was charged. Try "
                "again in an hour."
            )
        )


@dataclass(frozen=True)
class Press:
    """Who asks for a page; `is_gift` where they name the amount themselves.

    `is_signed`: came in by a signed link. While counting fails, such a press is let
    through, and any other is not.
    """

    who: Sequence[str]
    is_gift: bool
    network: str = ""
    is_signed: bool = True


def refuses(press: Press) -> bool:
    """Whether no new page is opened for this press."""
    try:
        return any(throttle.is_spent(who) for throttle, who in _throttles(press))
    except CACHE_ERRORS:
        logger.error("card_testing_uncounted", is_signed=press.is_signed)
        return not press.is_signed


def count(press: Press, event: Event, *, at: datetime) -> None:
    """A page is opened for this press; the one too many is told of, once an hour."""
    try:
        for throttle, who in _throttles(press):
            throttle.count(who)
        is_first = gifts_are_closed() and cache.add(TOLD, at.isoformat(), HOUR)
    except CACHE_ERRORS:
        logger.error("card_testing_uncounted", is_signed=press.is_signed)
        return
    if is_first:
        logger.error(
            "free_gifts_closed", most=ALL_GIFTS.most, seconds=ALL_GIFTS.seconds
        )
        verb = gettext_noop("closed free gifts for an hour: too many payment pages")
        activity.record(event, "", verb, at=at)


def gifts_are_closed() -> bool:
    """Whether free gifts are closed at the moment, for everybody."""
    return ALL_GIFTS.is_spent(EVERYBODY)


def _throttles(press: Press) -> list[tuple[Throttle, str]]:
    found = [(BY_PERSON, who) for who in press.who if who]
    if press.is_gift:
        found.append((ALL_GIFTS, EVERYBODY))
        if press.network:
            found.append((BY_NETWORK, press.network))
    return found
