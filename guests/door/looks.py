"""What is looked at before somebody is let in: a queue waits for every question."""

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
# Few owe anything, and few nights are signed off: one question for both.
LOOK = """
    SELECT
        EXISTS (SELECT 1 FROM guests_obligation
            WHERE guest_id = %(guest)s AND state IN ('due', 'waived')),
        EXISTS (SELECT 1 FROM guests_closing
            WHERE event_id = %(event)s AND reopened_at IS NULL)
"""


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


def owes_and_is_over(guest: Guest) -> tuple[bool, bool]:
    """Whether there is anything to count for this guest, and whether all is over.

    Looked at under the guest's lock, which the signing of a night takes as well.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOOK, {"guest": guest.pk, "event": guest.event_id})
        owes, is_signed_off = cursor.fetchone()
    return bool(owes), bool(is_signed_off)
