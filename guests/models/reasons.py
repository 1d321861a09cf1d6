"""Why somebody owes, as facts, and as the sentence that they come to.

Facts are kept in no language: each reader hears them in their own, with the time in the
zone that the evening had.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NotRequired, TypedDict

from django.utils.translation import gettext as _

from losers_lounge.moments import short_time
from losers_lounge.telling import told_cents

# Of this many categories each is named; of more the first, and a number.
NAMED = 2


class Facts(TypedDict):
    """What stands behind one obligation, as JSON keeps it."""

    is_won: bool
    # As many as a sentence names, and how many there are.
    categories: list[str]
    count: int
    # Confirmed; in ISO form, and in the zone it is told in. "" where nobody knows.
    at: str
    zone: str
    # One amount, whatever else is won.
    is_once: bool
    # The winner they came with.
    came_with: NotRequired[str]


def facts(
    categories: Sequence[str],
    *,
    is_won: bool,
    at: datetime | None = None,
    zone: str = "UTC",
    is_once: bool = False,
) -> Facts:
    """The facts of a win, or of nominations that are still open."""
    return {
        "is_won": is_won,
        "categories": list(categories[: 1 if len(categories) > NAMED else NAMED]),
        "count": len(categories),
        "at": at.isoformat() if at else "",
        "zone": zone,
        "is_once": is_once,
    }


def told(known: Facts, cents: int) -> str:
    """The sentence, in the language that is spoken now."""
    why = _told_own(known, told_cents(cents))
    name = known.get("came_with")
    return _("With %(name)s: %(why)s") % {"name": name, "why": why} if name else why


def why(known: Facts | None, cents: int, written: str) -> str:
    """The sentence; what was written when it was, of a row without facts."""
    return told(known, cents) if known else written


def _told_own(known: Facts, amount: str) -> str:
    words = {"categories": _listed(known), "amount": amount}
    if not known["is_won"]:
        return _("Nominated for %(categories)s; %(amount)s only after a win.") % words
    if not known["at"]:
        return _("Won %(categories)s; %(amount)s due.") % words
    words["time"] = short_time(datetime.fromisoformat(known["at"]), known["zone"])
    if known["is_once"]:
        return _("Won %(categories)s, confirmed %(time)s; %(amount)s due once.") % words
    return _("Won %(categories)s, confirmed %(time)s; %(amount)s due.") % words


def _listed(known: Facts) -> str:
    names, count = known["categories"], known["count"]
    if count > NAMED:
        return _("%(first)s and %(count)d more") % {
            "first": names[0],
            "count": count - 1,
        }
    return _(" and ").join(names)
