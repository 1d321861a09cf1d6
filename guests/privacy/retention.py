"""What forgets by itself: the party's clock, the books', a month's and a year's."""

from datetime import datetime

import structlog
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from donations import forgetting as money
from events import account_trail, forgetting, tombstones
from events.models import Event
from guests.privacy import evenings

logger = structlog.get_logger(__name__)

# Who has done it, in the evening's log.
CLOCK = gettext_lazy("The clock")


def forget_due(at: datetime) -> None:
    """Forget everything whose time is up; what is stopped goes on the next time.

    An evening that cannot be forgotten yet (a card not released, a statue still here)
    is named in the log, and asked again.
    """
    for event in due_evenings(at):
        try:
            evenings.ask(event.pk, by=CLOCK, at=at)
        except evenings.Waits as waits:
            count = len(waits.reasons)
            logger.warning("privacy.waits", slug=event.slug, reasons=count)
    for event in evenings.unfinished():
        evenings.carry_on(event, at)
    found = {
        "letters": forgetting.letters(forgetting.due_letters(at)),
        "payloads": money.forget_payloads(money.due_payloads(at)),
        "donors": money.forget_due(at),
        "account_lines": account_trail.forget_old(at),
    }
    if any(found.values()):
        logger.info("privacy.forgot", **found)
    tombstones.complete_file()


def is_due(event: Event, at: datetime) -> bool:
    """Whether the clock forgets this evening's guests the next time it looks."""
    is_known = event.guests_erased_at is None
    return is_known and event.ends_at <= at and event.guests_kept_until <= at


def due_evenings(at: datetime) -> QuerySet[Event]:
    """Evenings whose guests have been kept for as long as their hosts said."""
    rows = Event.objects.filter(guests_erased_at=None, ends_at__lte=at)
    ids = [row.pk for row in rows if is_due(row, at)]
    return rows.filter(pk__in=ids).order_by("pk")
