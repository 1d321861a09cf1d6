"""Plan a mailing: which letter, to whom, and when. The row is the queue."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from django.db import transaction
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event, User
from guests import reach
from guests.mailings import hourly_limit
from guests.mailings.writing import may_go, recipients, write_batch
from guests.models import Mailing
from losers_lounge import doorbell
from losers_lounge.telling import in_english

TASK = "guests.tasks.write_mailings"
Kind, State = Mailing.Kind, Mailing.State


class EventNotOpen(Exception):
    """The event is not open, or nobody may answer any more what this letter asks."""


@dataclass(frozen=True)
class Plan:
    """Which letter, to whom, and when.

    `audience` are filters of the guest list; `chosen`, in place of them, are ids of
    invitations picked by hand. Without a time it begins at once.
    """

    kind: str
    audience: Mapping[str, str] = field(default_factory=dict)
    chosen: Collection[int] = ()
    send_at: datetime | None = None
    wave: int = 1


@transaction.atomic
def plan(
    event: Event, wanted: Plan, *, nonce: str, by: User | str, at: datetime
) -> Mailing:
    """Plan a mailing; of one that begins now a thousand letters stand in the outbox.

    Workers go on with the rest. The same nonce again returns the first mailing.
    Raises EventNotOpen, and hourly_limit.TooManyLetters.
    """
    event = Event.objects.locked().get(pk=event.pk)
    if known := Mailing.objects.filter(nonce=nonce).first():
        return known
    if not may_go(event, wanted.kind, wanted.send_at or at):
        raise EventNotOpen
    mailing = _mailing(event, wanted, nonce, by, at)
    mailing.total = reach.measure(recipients(mailing), mailing.kind).letters
    hourly_limit.check(event, mailing.total, by=by, at=at)
    mailing.save()
    if mailing.send_at > at:
        verb = noop("planned a mailing of %(n)d") % {"n": mailing.total}
        activity.record(event, by, verb, in_english(mailing.get_kind_display), at=at)
        return mailing
    return _begin(mailing, at)


def plan_for(
    event: Event,
    kind: str,
    guest_ids: Collection[int],
    *,
    nonce: str,
    by: User | str,
    at: datetime,
) -> int:
    """Plan a letter to the households of these guests; how many letters that makes.

    Whoever does not fit is left out, as in any mailing. Raises what `plan` raises.
    """
    ids = event.guests.principals().filter(pk__in=guest_ids)
    chosen = set(ids.values_list("invitation", flat=True))
    if not chosen:
        return 0
    wanted = Plan(kind, chosen=chosen)
    return plan(event, wanted, nonce=nonce, by=by, at=at).total


def _mailing(
    event: Event, wanted: Plan, nonce: str, by: User | str, at: datetime
) -> Mailing:
    """Its row, not saved yet: it does not know how many letters it is."""
    return Mailing(
        event=event,
        kind=wanted.kind,
        audience=urlencode(wanted.audience),
        chosen=sorted(wanted.chosen),
        wave=wanted.wave,
        send_at=wanted.send_at or at,
        by=by if isinstance(by, User) else None,
        by_name=str(by)[:200],
        nonce=nonce,
        created_at=at,
    )


def _begin(mailing: Mailing, at: datetime) -> Mailing:
    """Write the first thousand now; a worker hears that there are more."""
    write_batch(mailing.pk, at)
    mailing.refresh_from_db()
    if mailing.state == State.WRITING:
        transaction.on_commit(partial(doorbell.ring, TASK), robust=True)
    return mailing
