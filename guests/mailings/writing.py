"""Write a mailing's letters, a thousand at a time; whom it is for, and when it may go.

Each batch is a transaction of its own that also says how far it came; so a worker that
dies loses nothing and repeats nothing, and behind that stand the outbox's dedupe keys.
"""

from bisect import bisect_right
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import ngettext

from events import activity
from events.models import Event
from guests import letters, reach
from guests.listing import filtering
from guests.models import Invitation, Mailing
from losers_lounge.telling import in_english

BATCH = 1_000
Kind, State = Mailing.Kind, Mailing.State
# Thanks are said after the evening too, when the event may be closed.
SENT_WHILE = {Kind.THANKS: (Event.Status.OPEN, Event.Status.CLOSED)}


def write_due(at: datetime) -> int:
    """Write whatever a mailing whose time has come still owes; the letters made."""
    due = Mailing.objects.filter(state__in=Mailing.UNFINISHED, send_at__lte=at)
    ids = list(due.order_by("send_at", "pk").values_list("pk", flat=True))
    return sum(write(mailing_id, at) for mailing_id in ids)


def write(mailing_id: int, at: datetime) -> int:
    """Write one mailing to its end, batch by batch; the letters made here."""
    written = 0
    while (made := write_batch(mailing_id, at)) is not None:
        written += made
    return written


@transaction.atomic
def write_batch(mailing_id: int, at: datetime) -> int | None:
    """Write the next thousand; None when there is nothing (more) to write."""
    mailing = locked(mailing_id)
    event = mailing.event
    if mailing.state not in Mailing.UNFINISHED or not may_go(event, mailing.kind, at):
        return None
    if mailing.kind == Kind.THANKS and not mailing.stated:
        mailing.stated = {"total": letters.stated_total(event, at)}
    ids = _next_ids(mailing)
    rows = _to_write(mailing, ids)
    made = letters.post(letters.mailing(mailing, rows), at)
    if mailing.kind == Kind.INVITATION:
        Invitation.objects.filter(pk__in=[row.pk for row in rows]).update(invited_at=at)
    mailing.written += made
    mailing.last_invitation = ids[-1] if ids else mailing.last_invitation
    mailing.state = State.WRITING
    if len(ids) < BATCH:
        _finish(mailing, at)
    mailing.save()
    return made


def recipients(mailing: Mailing) -> QuerySet[Invitation]:
    """The invitations a mailing is meant for, whether they fit or not."""
    filters = filtering.read(QueryDict(mailing.audience))
    guests = filters.guests(mailing.event)
    return reach.audience(mailing.event, guests, mailing.chosen)


def may_go(event: Event, kind: str, at: datetime) -> bool:
    """Whether the event, as it stands, sends letters of this kind at that time.

    Nobody is reminded of a deadline that is over.
    """
    if kind == Kind.REMINDER:
        return event.takes_answers(at)
    return event.status in SENT_WHILE.get(kind, (Event.Status.OPEN,))


def locked(mailing_id: int) -> Mailing:
    """The event first, then the mailing; both as they are now."""
    event = Event.objects.locked().get(mailings=mailing_id)
    mailing = Mailing.objects.select_for_update(of=("self",)).get(pk=mailing_id)
    mailing.event = event
    return mailing


def _next_ids(mailing: Mailing) -> list[int]:
    """The next invitations in order of their ids, fitting or not."""
    if mailing.chosen:
        start = bisect_right(mailing.chosen, mailing.last_invitation)
        return mailing.chosen[start : start + BATCH]
    rest = recipients(mailing).filter(pk__gt=mailing.last_invitation)
    return list(rest.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _to_write(mailing: Mailing, ids: list[int]) -> list[Invitation]:
    """Those of the invitations that are to get a letter, judged as of now.

    With an assistant who gets one letter for all come her other invitations that
    the mailing is meant for, which later batches then find done.
    """
    fit = reach.judged(reach.of_somebody(mailing.event), mailing.kind)
    fit = fit.filter(reason="").select_related("contact").order_by("pk")
    rows = list(fit.filter(pk__in=ids))
    digests = {row.contact_id for row in rows if row.contact.wants_one_letter}
    if digests:
        others = recipients(mailing).filter(contact__in=digests).exclude(pk__in=ids)
        rows += fit.filter(pk__in=others.values("pk"))
    if mailing.kind != Kind.INVITATION:
        quiet = reach.silent({row.contact_id: row.contact.email for row in rows})
        rows = [row for row in rows if row.contact_id not in quiet]
    return rows


def _finish(mailing: Mailing, at: datetime) -> None:
    mailing.state, mailing.finished_at = State.DONE, at
    if mailing.written:
        n = mailing.written
        told = partial(ngettext, "sent %(n)d letter", "sent %(n)d letters", n)
        verb = in_english(told) % {"n": n}
        actor = mailing.by or mailing.by_name
        name = in_english(mailing.get_kind_display)
        activity.record(mailing.event, actor, verb, name, at=at)
