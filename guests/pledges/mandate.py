"""What a nominee agrees to, word by word. Changed words are another version."""

from datetime import UTC, datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from donations.pledges import Mandate
from events.models import Event
from losers_lounge.moments import in_zone
from losers_lounge.telling import told_cents

VERSION = "2026-11"
# Three tries a day apart fit in, and corrections; then every card is forgotten.
AFTER_THE_EVENT = timedelta(days=7)


def last_charge_at(event: Event, at: datetime) -> datetime:
    """Until then a card may be charged, and not a minute longer.

    Where a category is still open after the evening, it counts from the end of the
    day: the words stay the same from the page to the press.
    """
    tomorrow = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow += timedelta(days=1)
    return (event.ends_at if at < event.ends_at else tomorrow) + AFTER_THE_EVENT


def of(
    event: Event, name: str, amount_cents: int, at: datetime, ip: str | None = None
) -> Mandate:
    """The mandate for this person and amount as it is shown, agreed to and kept."""
    until = last_charge_at(event, at)
    with translation.override(event.language):
        return Mandate(VERSION, _text(event, name, amount_cents, until), until, ip)


def _text(event: Event, name: str, amount_cents: int, until: datetime) -> str:
    return _(
        "I, %(name)s, save a card with Stripe now; nothing is charged now. If I win at"
        " %(event)s, and the win is confirmed, %(charity)s may charge it once with what"
        " I then owe, at most %(amount)s, after the %(hold)d minutes in which a result"
        " can be undone, and no later than %(until)s. If I do not win, nothing is"
        " charged and the card is forgotten. Until a win is confirmed I can take this"
        " back on my invitation's page, with one press and without a reason."
    ) % {
        "name": name,
        "event": event.name,
        "charity": event.charity.legal_name,
        "amount": told_cents(amount_cents),
        "hold": event.hold_minutes,
        "until": in_zone(until, event.zone),
    }
