"""The press sheet: one sentence, one number, its definition, the time and a link.

Frozen, its text stands for good. What changed since is added below, dated, from the
ledger, and always comes to the difference between the number then and the number now.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from donations import figures, totals
from donations.models import Statement
from donations.statements.chain import canonical
from donations.totals import Change
from events.models import Event
from losers_lounge.money import format_cents
from losers_lounge.names import at_end

PRESS = Statement.Kind.PRESS


@dataclass(frozen=True)
class Sheet:
    """What the press is told; of a frozen one, word for word."""

    sentence: str
    cents: int
    definition: str
    as_of: datetime
    url: str
    equals_stripe: bool
    number: int = 0
    made_by: str = ""


@dataclass(frozen=True)
class Since:
    """What the ledger says since a sheet was frozen: lines that make up the change."""

    changes: list[Change]
    gifts: int
    gifts_cents: int
    rest_cents: int
    now_cents: int

    @property
    def is_empty(self) -> bool:
        return not (self.changes or self.gifts or self.rest_cents)


def draft(event: Event, at: datetime) -> Sheet:
    """The sheet as it would be frozen at this moment, in the language of its letters.

    Who reads it later reads the same words.
    """
    with translation.override(event.language):
        return _draft(event, at)


def _draft(event: Event, at: datetime) -> Sheet:
    found = figures.of(event, at)
    cents = found.whole.kept_cents
    words = {
        "event": event.name,
        "amount": format_cents(cents),
        "charity": at_end(event.charity.legal_name),
    }
    return Sheet(
        sentence=_("%(event)s has raised %(amount)s for %(charity)s.") % words,
        cents=cents,
        definition=definition(),
        as_of=at,
        url=_url(event),
        equals_stripe=found.equals_stripe,
    )


def _url(event: Event) -> str:
    """Where everybody may look; nowhere, while the host keeps the total closed."""
    path = reverse("donations:total", args=[event.slug])
    return settings.SITE_URL + path if event.total_is_public else ""


def definition() -> str:
    """What the number counts; it stands under it wherever it is shown."""
    return _(
        "This counts everything Stripe took for this event, winners' entry "
        "and free gifts together, less refunds and disputes, before fees. "
        "Promises and gifts by hand are not in it."
    )


@transaction.atomic
def freeze(event_id: int, *, by: str, at: datetime) -> Statement:
    """The sheet of this moment for good; the last one, if its number still holds."""
    event = Event.objects.locked().get(pk=event_id)
    sheet = draft(event, at)
    last = sheets(event).first()
    if last is not None and since(last, at).is_empty:
        return last
    whole = totals.for_event(event, at)
    body = canonical(
        {
            "sentence": sheet.sentence,
            "cents": sheet.cents,
            "definition": sheet.definition,
            "url": sheet.url,
            "equals_stripe": sheet.equals_stripe,
        }
    )
    return Statement.objects.create(
        event=event,
        kind=PRESS,
        number=last.number + 1 if last else 1,
        as_of=at,
        raised_cents=whole.raised_cents,
        net_cents=whole.net_cents,
        entries=whole.entries,
        body=body,
        sha256=sha256(body.encode()).hexdigest(),
        made_by_name=by,
        made_at=at,
    )


def sheets(event: Event) -> QuerySet[Statement]:
    """The event's frozen press sheets, the newest first."""
    return event.statements.filter(kind=PRESS).order_by("-number")


def read(statement: Statement) -> Sheet:
    """A frozen sheet, as it was."""
    said: dict[str, Any] = json.loads(statement.body)
    return Sheet(
        **said,
        as_of=statement.as_of,
        number=statement.number,
        made_by=statement.made_by_name,
    )


def since(statement: Statement, at: datetime) -> Since:
    """What has changed the number since; its parts add up to the whole change."""
    event = statement.event
    now = totals.for_event(event, at)
    changes = totals.changes(event, since=statement.as_of, most=100)
    changes = [change for change in changes if not change.is_by_hand]
    gifts_cents = now.raised_cents - statement.raised_cents
    change = now.kept_cents - read(statement).cents
    return Since(
        changes=changes,
        gifts=_gifts(event, statement),
        gifts_cents=gifts_cents,
        rest_cents=change - gifts_cents - sum(c.cents for c in changes),
        now_cents=now.kept_cents,
    )


def _gifts(event: Event, statement: Statement) -> int:
    booked = totals.counted(event).from_stripe().filter(kind="charge")
    return booked.filter(recorded_at__gt=statement.as_of).count()
