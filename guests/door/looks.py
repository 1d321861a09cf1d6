"""What is looked at before somebody is let in: a queue waits for every question."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from events.models import Event
from guests.models import Admission, Guest
from losers_lounge.compiled import compiled

# What the rules and the log read of a guest.
COLUMNS = (
    *("event", "name", "nominee", "plus_one_of", "answer", "answered_at"),
    *("is_blocked", "removed_at", "gone_at"),
)
# Few were here before, few owe anything, few nights are signed off: one question.
LOOK = """
    SELECT
        EXISTS (SELECT 1 FROM guests_admission
            WHERE guest_id = %(guest)s OR nonce = %(nonce)s),
        EXISTS (SELECT 1 FROM guests_obligation
            WHERE guest_id = %(guest)s AND state IN ('due', 'waived')),
        EXISTS (SELECT 1 FROM guests_closing
            WHERE event_id = %(event)s AND reopened_at IS NULL)
"""


@dataclass(frozen=True)
class Found:
    """Whether guest or press has rows, anything is to be counted, and all is over."""

    has_rows: bool
    owes: bool
    is_signed_off: bool


def locked(guest_id: int, event: Event) -> Guest:
    """This guest of the event, locked until the transaction ends.

    Raises Guest.DoesNotExist for somebody of another event.
    """
    for guest in _locked(guest_id, event.pk):
        guest.event = event
        return guest
    raise Guest.DoesNotExist


@compiled
def _locked(guest: int, event: int) -> QuerySet[Guest]:
    rows = Guest.objects.select_for_update(no_key=True).only(*COLUMNS)
    return rows.filter(pk=guest, event=event)


@compiled
def rows(guest: int, nonce: str) -> QuerySet[Admission]:
    """The guest's rows, and whosever press of this name there is already."""
    return Admission.objects.filter(Q(guest=guest) | Q(nonce=nonce)).order_by()


def found(guest: Guest, nonce: str) -> Found:
    """What there is to look at more closely before this press lets the guest in.

    Looked at under the guest's lock, which the signing of a night takes as well.
    """
    asked = {"guest": guest.pk, "nonce": nonce, "event": guest.event_id}
    with connection.cursor() as cursor:
        cursor.execute(LOOK, asked)
        return Found(*map(bool, cursor.fetchone()))
