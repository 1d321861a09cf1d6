"""Let somebody off what they owe: a host decides, with a reason that stays on record.

The guest's row is locked before the obligation's, as for every payment, so that what
is let off and what is paid cannot cross.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import User
from guests.models import Guest, Obligation
from guests.obligations.carried import carry_over

State = Obligation.State
REASON_LENGTH = 300
COLUMNS = ("state", "waived_at", "waived_by_name", "waived_reason")


class CannotWaive(Exception):
    """Nothing was changed; the text says why, in words for a host."""


class AlreadyGiven(CannotWaive):
    """The money is there: a refund is another decision, and the charity's."""

    def __init__(self) -> None:
        super().__init__(_("This is paid already, so there is nothing to waive."))


class NotOwed(CannotWaive):
    """A correction took it away, or it has not fallen due."""

    def __init__(self) -> None:
        super().__init__(_("This is not owed, so there is nothing to waive."))


@transaction.atomic
def waive(obligation_id: int, reason: str, *, by: User, at: datetime) -> Obligation:
    """Let somebody off one obligation; waiving it again changes nothing.

    Money given towards it before stays given. Raises AlreadyGiven, NotOwed or
    Obligation.DoesNotExist.
    """
    row = _locked(obligation_id)
    if row.state == State.WAIVED:
        return row
    if row.state != State.DUE:
        raise NotOwed
    if not row.left_cents:
        raise AlreadyGiven
    row.state = State.WAIVED
    row.waived_at, row.waived_by_name = at, str(by)[:200]
    row.waived_reason = reason[:REASON_LENGTH]
    row.save(update_fields=COLUMNS)
    _log(row, noop("waived what a guest owes"), reason, by, at)
    return row


@transaction.atomic
def take_back(obligation_id: int, *, by: User, at: datetime) -> Obligation:
    """Ask for it after all; what is asked for already stays so.

    Raises NotOwed for one that a correction took away, or Obligation.DoesNotExist.
    """
    row = _locked(obligation_id)
    if row.state == State.DUE:
        return row
    if row.state != State.WAIVED:
        raise NotOwed
    reason = row.waived_reason
    row.state, row.waived_at = State.DUE, None
    row.waived_by_name = row.waived_reason = ""
    row.save(update_fields=COLUMNS)
    # Money of a win that was corrected meanwhile may be waiting for this one.
    carry_over([row.guest_id])
    _log(row, noop("took back a waiver"), reason, by, at)
    return row


@transaction.atomic
def waive_all(
    guest_id: int, reason: str, *, by: User, at: datetime
) -> list[Obligation]:
    """Let somebody off everything they still owe.

    Raises NotOwed where nothing is left to let them off.
    """
    Guest.objects.locked().get(pk=guest_id)
    rows = Obligation.objects.unpaid().filter(guest=guest_id).order_by("pk")
    owed = list(rows.values_list("pk", flat=True))
    if not owed:
        raise NotOwed
    return [waive(pk, reason, by=by, at=at) for pk in owed]


def _locked(obligation_id: int) -> Obligation:
    """Guest, then obligation; with `paid_cents` as it is under the lock."""
    people = Guest.objects.filter(obligations=obligation_id)
    guest = people.locked().first()
    if guest is None:
        raise Obligation.DoesNotExist
    Obligation.objects.select_for_update(no_key=True).get(pk=obligation_id)
    rows = Obligation.objects.with_paid_cents().select_related("guest__event")
    return rows.get(pk=obligation_id)


def _log(row: Obligation, verb: str, reason: str, by: User, at: datetime) -> None:
    guest = row.guest
    words = f"{guest.name}: {reason}" if reason else guest.name
    activity.record(guest.event, by, verb, words, at=at, about=guest.about)
