"""What people decide about mails, and what a guest's press says about them."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Now

from events import doorbell, suppression
from events.models import Message
from events.outbox import epoch
from events.outbox.holds import waiting_state
from losers_lounge.compiled import compiled

State = Message.State
Reason = Message.Reason

# Perhaps in the guest's mailbox already, and to go out once more.
IN_DOUBT = Q(copies_possible__gt=1, handover_at__isnull=False)
# What a letter's row says that nobody has tried to deliver.
NEVER_TRIED = {
    "paced_until": None,
    "attempts": 0,
    "deferrals": 0,
    "first_tried_at": None,
    "claim_id": None,
    "last_error": "",
    "server_words": "",
    "smtp_code": None,
    "sent_at": None,
    "returned_at": None,
}


def withdraw(messages: QuerySet[Message]) -> int:
    """Take back what has not left: suppressed as "withdrawn"; the number.

    What a worker has in hand is finished. A mail that waits to go out once more may
    be in the guest's mailbox already: it stops too, as one that may have arrived.
    One that an unsubscribed reader's wish stopped stays, whatever they wish later.
    """
    wished_away = Q(state=State.SUPPRESSED, last_error=Reason.UNSUBSCRIBED)
    waiting = messages.order_by().filter(Q(state__in=Message.WAITING) | wished_away)
    in_doubt = IN_DOUBT & Q(state__in=Message.WAITING)
    return waiting.update(
        state=Case(
            When(in_doubt, then=Value(State.UNKNOWN)),
            default=Value(State.SUPPRESSED),
        ),
        last_error=Case(
            When(in_doubt, then=Value(Reason.NO_ANSWER)),
            default=Value(Reason.WITHDRAWN),
        ),
    )


def put_back(messages: QuerySet[Message]) -> int:
    """Let mail that was withdrawn leave after all; the number."""
    withdrawn = messages.order_by().filter(
        state=State.SUPPRESSED, last_error=Reason.WITHDRAWN
    )
    withdrawn = withdrawn.exclude(template=Message.FORGOTTEN)
    back = withdrawn.update(state=waiting_state(), not_before=Now(), last_error="")
    transaction.on_commit(doorbell.ring, robust=True)
    return back


def readdress(messages: QuerySet[Message], email: str) -> int:
    """Mail that has not left goes to this address; the number."""
    waiting = messages.order_by().filter(state__in=Message.WAITING)
    mac = suppression.address_mac(email)
    return waiting.update(recipient_email=email, address_mac=mac)


@transaction.atomic
def send_again(messages: QuerySet[Message], recipient_email: str = "") -> int:
    """Queue what failed, came back or may have arrived; the number.

    With an address it goes there from now on: the same letter and the same link.
    A reader who called it spam is not asked again, nor is one who was forgotten.
    """
    changes: dict[str, Any] = {
        "handover_at": Case(When(state=State.UNKNOWN, then=F("handover_at")))
    }
    if recipient_email:
        changes = {
            "handover_at": None,
            "recipient_email": recipient_email,
            "address_mac": suppression.address_mac(recipient_email),
        }
    stopped = messages.order_by().filter(state__in=Message.REPAIRABLE)
    stopped = stopped.exclude(template=Message.FORGOTTEN)
    queued = stopped.update(
        **NEVER_TRIED,
        state=waiting_state(),
        not_before=Now(),
        copies_possible=Case(
            When(state=State.UNKNOWN, then=F("copies_possible") + 1),
            default=F("copies_possible"),
            output_field=Message._meta.get_field("copies_possible"),
        ),
        **changes,
    )
    transaction.on_commit(doorbell.ring, robust=True)
    return queued


def note_arrival(about: str) -> int:
    """The guest pressed something: mail in doubt about this arrived; the number.

    Nothing is concluded when another mail about the same thing was sent for sure:
    the link may be from that one. A mail in a worker's hand keeps the word until its
    answer comes, or the sweep finds that none does.
    """
    # After nearly every press there is none: then one look is all it costs.
    if not _in_doubt(about):
        return 0
    other = Message.objects.filter(about=about, state=State.SENT)
    doubtful = Message.objects.filter(
        ~Exists(other.exclude(pk=OuterRef("pk"))), about=about
    )
    arrived = doubtful.filter(
        Q(state=State.UNKNOWN) | (IN_DOUBT & Q(state__in=Message.WAITING))
    ).update(**as_arrived())
    in_hand = doubtful.filter(state=State.HANDING_OVER)
    return arrived + in_hand.update(last_error=Reason.ARRIVED)


@compiled
def _in_doubt(about: str) -> QuerySet[Message]:
    doubt = Q(state__in=[State.UNKNOWN, State.HANDING_OVER])
    doubt |= IN_DOUBT & Q(state__in=Message.WAITING)
    return Message.objects.filter(doubt, about=about).values_list("pk")[:1]


def as_arrived() -> dict[str, Any]:
    """For an UPDATE: sent, as the guest's own press proves."""
    return {
        "state": State.SENT,
        "sent_at": F("handover_at"),
        "last_error": "",
        "lease_until": None,
    }


def note_taken(message_ids: Collection[str]) -> int:
    """The relay took these since the backup: they wait no more; how many did.

    To a database that was brought back, mail that left meanwhile has not left. Nothing
    is noted once sending is released: what waits then may be meant to go once more.
    """
    if not epoch.is_held():
        return 0
    waiting = Message.objects.order_by().filter(state__in=Message.WAITING)
    left = {"sent_at": Coalesce("handover_at", Now())}
    named = waiting.filter(message_id__in=message_ids)
    return named.update(**as_arrived() | left)
