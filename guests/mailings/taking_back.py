"""Stop a mailing, and take back those of its letters that have not left."""

from datetime import datetime

from django.db import transaction
from django.db.models import CharField, Exists, F, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_noop as noop

from events import activity, outbox
from events.models import Event, Message, User
from guests.mailings.writing import locked
from guests.models import Guest, Invitation, Mailing
from losers_lounge.compiled import compiled
from losers_lounge.telling import in_english

Kind, State = Mailing.Kind, Mailing.State


class Begun(Exception):
    """Everything of it has left, or was taken back before."""


@transaction.atomic
def cancel(mailing_id: int, *, by: User, at: datetime) -> int:
    """Stop a mailing and take back what has not left; how many letters that were.

    Who is left without an invitation that way can be invited again. Raises Begun.
    """
    mailing = locked(mailing_id)
    taken = 0 if mailing.state == State.PLANNED else take_back(mailing)
    if mailing.state not in Mailing.UNFINISHED and not taken:
        raise Begun
    mailing.state, mailing.finished_at = State.CANCELLED, at
    mailing.save(update_fields=["state", "finished_at"])
    verb, name = noop("canceled a mailing"), in_english(mailing.get_kind_display)
    activity.record(mailing.event, by, verb, name, at=at)
    return taken


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


def take_back_reminder(row: Invitation) -> int:
    """Withdraw a reminder that still waits, once everybody on it has answered."""
    # At nearly every answer there is none: then one look is all it costs.
    reminded = _reminders(row.about)
    if not reminded:
        return 0
    silent = Guest.objects.principals().filter(
        invitation=row.pk, answer=Guest.Answer.WAITING
    )
    reminders = Message.objects.filter(~Exists(silent), pk__in=reminded)
    return outbox.withdraw(reminders)


@compiled
def _reminders(about: str) -> QuerySet[Message]:
    rows = Message.objects.filter(kind=Kind.REMINDER, about=about)
    return rows.values_list("pk", flat=True)


def _uninvite(event: Event, gone: QuerySet[Message]) -> None:
    lists = gone.values_list("context__invitations", flat=True)
    ids = [pk for found in lists for pk in found]
    event.invitations.filter(pk__in=ids).update(invited_at=None)
