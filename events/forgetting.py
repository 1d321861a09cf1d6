"""Forget whom mails went to and whom the log names; what happened when stays."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from events import outbox
from events.models import Activity, Message

# Outbound bodies and addresses (RELIABILITY section 4), after the event or the mail.
LETTERS_KEPT = timedelta(days=30)
BATCH = 500
# Ids by which a mailing knows its letters; they are no words.
KEPT_OF_CONTEXT = ("mailing", "invitations")
NOTHING = {
    "recipient_name": "",
    "recipient_email": "",
    "address_mac": "",
    "server_words": "",
}


def due_letters(at: datetime) -> QuerySet[Message]:
    """Letters of evenings long over, and written long ago, that still say to whom."""
    before = at - LETTERS_KEPT
    old = Message.objects.filter(event__ends_at__lt=before, created_at__lt=before)
    return full(old)


def full(letters: QuerySet[Message]) -> QuerySet[Message]:
    """Those that are in no worker's hand, and not forgotten yet."""
    in_hand = (Message.State.CLAIMED, Message.State.HANDING_OVER)
    return letters.exclude(state__in=in_hand).exclude(template=Message.FORGOTTEN)


def letters(rows: QuerySet[Message]) -> int:
    """Forget to whom these went and what they said; the number.

    What still waits is taken back first. State, times, Message-ID and what a letter
    was about stay. A batch is one transaction: who is stopped half-way goes on.
    """
    done, last = 0, 0
    while ids := _next(full(rows), last):
        done += _forget_letters(ids)
        last = ids[-1]
    return done


def named(names: Collection[str], column: str) -> Q:
    """Rows whose text has one of these names in it, whatever its case."""
    found = [Q(**{f"{column}__icontains": name}) for name in names if name]
    return reduce(or_, found, Q(pk__in=[]))


def mark(at: datetime) -> Coalesce:
    """For an UPDATE of `erased_at`, which triggers let be written once."""
    return Coalesce(F("erased_at"), at)


def lines(rows: QuerySet[Activity], at: datetime) -> int:
    """Forget whom these lines of the log are about, and who acted without an account.

    What was done, when, and which account did it stay.
    """
    done = 0
    for is_account in (False, True):
        names = ("object_name",) if is_account else ("object_name", "actor_name")
        nothing = dict.fromkeys(names, "")
        left, last = rows.filter(actor__isnull=not is_account).exclude(**nothing), 0
        while ids := _next(left, last):
            found = Activity.objects.filter(pk__in=ids)
            done += found.update(**nothing, erased_at=mark(at))
            last = ids[-1]
    return done


@transaction.atomic
def _forget_letters(ids: list[int]) -> int:
    rows = Message.objects.filter(pk__in=ids)
    outbox.withdraw(rows.filter(state__in=Message.WAITING))
    found = list(full(rows.select_for_update()))
    for row in found:
        row.context = {
            name: row.context[name] for name in KEPT_OF_CONTEXT if name in row.context
        }
        row.template = Message.FORGOTTEN
        for name, value in NOTHING.items():
            setattr(row, name, value)
    Message.objects.bulk_update(found, [*NOTHING, "context", "template"])
    return len(found)


def _next(rows: QuerySet, last: int) -> list[int]:
    found = rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
    return list(found[:BATCH])
