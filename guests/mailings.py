"""Mailings: one kind of letter to everybody who fits, now or at a time.

The row is the queue. A thousand invitations at a time are written for, each batch in
a transaction of its own that also says how far it came; so a worker that dies loses
nothing and repeats nothing, and behind that stand the outbox's dedupe keys.
"""

from bisect import bisect_right
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import CharField, Exists, F, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.http import QueryDict
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from events import activity, outbox
from events.models import Event, Message, User
from guests import letters, list_filters, mailing_brake, reach
from guests.models import Guest, Invitation, Mailing
from losers_lounge import doorbell
from losers_lounge.telling import in_english

BATCH = 1_000
TASK = "guests.tasks.write_mailings"
Kind, State = Mailing.Kind, Mailing.State
# Thanks are said after the evening too, when the event may be closed.
SENT_WHILE = {Kind.THANKS: (Event.Status.OPEN, Event.Status.CLOSED)}


class EventNotOpen(Exception):
    """The event is not open, or nobody may answer any more what this letter asks."""


class Begun(Exception):
    """Everything of it has left, or was taken back before."""


@transaction.atomic
def plan(
    event: Event,
    kind: str,
    audience: Mapping[str, str],
    *,
    at: datetime,
    by: User | str,
    send_at: datetime | None = None,
    wave: int = 1,
    nonce: str,
    chosen: Collection[int] = (),
) -> Mailing:
    """Plan one kind of letter for whoever fits these filters of the guest list.

    Without a time it begins at once: the first thousand stand in the outbox when this
    returns, workers go on with the rest. `chosen` are ids of invitations picked by
    hand, in place of filters. The same nonce again returns the first mailing. Raises
    EventNotOpen, and mailing_brake.TooManyLetters.
    """
    event = Event.objects.locked().get(pk=event.pk)
    if known := Mailing.objects.filter(nonce=nonce).first():
        return known
    if not may_go(event, kind, send_at or at):
        raise EventNotOpen
    mailing = Mailing(
        event=event,
        kind=kind,
        audience=urlencode(audience),
        chosen=sorted(chosen),
        wave=wave,
        send_at=send_at or at,
        by=by if isinstance(by, User) else None,
        by_name=str(by)[:200],
        nonce=nonce,
        created_at=at,
    )
    mailing.total = reach.measure(recipients(mailing), kind).letters
    mailing_brake.check(event, mailing.total, by=by, at=at)
    mailing.save()
    if mailing.send_at > at:
        verb = noop("planned a mailing of %(n)d") % {"n": mailing.total}
        activity.record(event, by, verb, in_english(mailing.get_kind_display), at=at)
        return mailing
    return _begin(mailing, at)


def invite(
    event: Event,
    guest_ids: Collection[int],
    *,
    by: User | str,
    at: datetime,
    nonce: str,
) -> int:
    """Invite the households of these guests that have no invitation yet.

    Returns how many letters that makes. Raises EventNotOpen.
    """
    return _to_chosen(event, Kind.INVITATION, guest_ids, by, at, nonce)


def remind(
    event: Event,
    guest_ids: Collection[int],
    *,
    by: User | str,
    at: datetime,
    nonce: str,
) -> int:
    """Remind those of these guests who were invited and have not answered.

    Returns how many letters that makes. Raises EventNotOpen.
    """
    return _to_chosen(event, Kind.REMINDER, guest_ids, by, at, nonce)


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
    mailing = _locked(mailing_id)
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


@transaction.atomic
def cancel(mailing_id: int, *, by: User, at: datetime) -> int:
    """Stop a mailing and take back what has not left; how many letters that were.

    Who is left without an invitation that way can be invited again. Raises Begun.
    """
    mailing = _locked(mailing_id)
    taken = 0 if mailing.state == State.PLANNED else take_back(mailing)
    if mailing.state not in Mailing.UNFINISHED and not taken:
        raise Begun
    mailing.state, mailing.finished_at = State.CANCELLED, at
    mailing.save(update_fields=["state", "finished_at"])
    verb, name = (
        noop("cancelled a mailing"),
        in_english(mailing.get_kind_display),
    )
    activity.record(mailing.event, by, verb, name, at=at)
    return taken


def take_back_reminder(row: Invitation) -> int:
    """Withdraw a reminder that still waits, once everybody on it has answered."""
    reminders = Message.objects.filter(kind=Kind.REMINDER, about=row.about)
    # At nearly every answer there is none: then one look is all it costs.
    if not reminders.exists():
        return 0
    silent = Guest.objects.principals().filter(
        invitation=row.pk, answer=Guest.Answer.WAITING
    )
    return outbox.withdraw(reminders.filter(~Exists(silent)))


def recipients(mailing: Mailing) -> QuerySet[Invitation]:
    """The invitations a mailing is meant for, whether they fit or not."""
    filters = list_filters.read(QueryDict(mailing.audience))
    guests = filters.guests(mailing.event)
    return reach.audience(mailing.event, guests, mailing.chosen)


def may_go(event: Event, kind: str, at: datetime) -> bool:
    """Whether the event, as it stands, sends letters of this kind at that time.

    Nobody is reminded of a deadline that is over.
    """
    if kind == Kind.REMINDER:
        return event.takes_answers(at)
    return event.status in SENT_WHILE.get(kind, (Event.Status.OPEN,))


def _begin(mailing: Mailing, at: datetime) -> Mailing:
    """Write the first thousand now; a worker hears that there are more."""
    write_batch(mailing.pk, at)
    mailing.refresh_from_db()
    if mailing.state == State.WRITING:
        transaction.on_commit(partial(doorbell.ring, TASK), robust=True)
    return mailing


def _to_chosen(
    event: Event,
    kind: str,
    guest_ids: Collection[int],
    by: User | str,
    at: datetime,
    nonce: str,
) -> int:
    ids = event.guests.principals().filter(pk__in=guest_ids)
    chosen = set(ids.values_list("invitation", flat=True))
    if not chosen:
        return 0
    return plan(event, kind, {}, at=at, by=by, nonce=nonce, chosen=chosen).total


def _locked(mailing_id: int) -> Mailing:
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


def take_back(mailing: Mailing) -> int:
    """Withdraw its letters that have not left, and free their keys."""
    found = mailing.event.messages.filter(
        kind=mailing.kind, state__in=Message.WAITING, context__mailing=mailing.pk
    )
    ids = list(found.select_for_update().values_list("pk", flat=True))
    rows = Message.objects.filter(pk__in=ids)
    taken = outbox.withdraw(rows)
    gone = rows.filter(last_error=Message.Reason.WITHDRAWN)
    if mailing.kind == Kind.INVITATION:
        _uninvite(mailing.event, gone)
    key = Concat(F("dedupe_key"), Value(":back:"), Cast("pk", CharField()))
    gone.update(dedupe_key=key)
    return taken


def _uninvite(event: Event, gone: QuerySet[Message]) -> None:
    lists = gone.values_list("context__invitations", flat=True)
    ids = [pk for found in lists for pk in found]
    event.invitations.filter(pk__in=ids).update(invited_at=None)
