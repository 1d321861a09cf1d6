"""The door: what stands on the card, and who went in and out.

The log only grows; the one open row of a guest is held by a partial unique index, so
two phones cannot both admit the same person.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from events import activity
from events.models import Event, Nomination, User
from guests.admission import Decision, Owed, Results, decide
from guests.models import Admission, Guest, Obligation
from losers_lounge import links


class NotAdmitted(Exception):
    """The rules do not let this person in; `decision` says why."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.words)
        self.decision = decision


@dataclass(frozen=True)
class Card:
    """Everything the checker sees of one person; no address, no phone number."""

    guest: Guest
    decision: Decision
    results: Results
    inside_since: Admission | None
    trophies_held: int


@dataclass(frozen=True)
class Admitted:
    """The open admission, and whether this very press made it."""

    admission: Admission
    is_new: bool


def find_by_pass(event: Event, token: str) -> Guest | None:
    """The guest whose QR code this is; None for another event's or a retired one."""
    lookup, mac = links.split_token(token)
    guest = (
        Guest.objects.select_related("invitation")
        .filter(event=event, public_id=lookup)
        .first()
    )
    if guest is None:
        return None
    version = guest.invitation.link_version
    return guest if links.is_genuine("pass", lookup, version, mac) else None


def card(guest: Guest) -> Card:
    """The card as the rows stand now."""
    results = _results(guest)
    held = guest.trophies.filter(released_at=None).count() if results.won else 0
    owed, paid = _owed(guest) if results.won or guest.plus_one_of_id else ((), 0)
    opened = guest.admissions.filter(action=Admission.Action.IN, closed_at=None)
    return Card(
        guest=guest,
        decision=decide(guest, results, owed, paid, held),
        results=results,
        inside_since=opened.first(),
        trophies_held=held,
    )


def admit(guest_id: int, *, nonce: str, by: User, at: datetime) -> Admitted:
    """Let one person in, once, however often and from wherever it is pressed.

    Raises NotAdmitted when the rules say no. Pressing again, or on another phone,
    answers with the admission that stands.
    """
    try:
        with transaction.atomic():
            return _admit(guest_id, nonce, by, at)
    except IntegrityError:
        # Another phone was faster by less than a lock; its row is the answer.
        row = _open_row(guest_id)
        if row is None:
            raise
        return Admitted(row, is_new=False)


def _admit(guest_id: int, nonce: str, by: User, at: datetime) -> Admitted:
    guest = Guest.objects.select_for_update(of=("self",), no_key=True).get(pk=guest_id)
    seen = card(guest)
    if seen.inside_since is not None:
        return Admitted(seen.inside_since, is_new=False)
    if not seen.decision.lets_in:
        raise NotAdmitted(seen.decision)
    row = _log(guest, Admission.Action.IN, nonce, by, at, seen.decision)
    return Admitted(row, is_new=True)


@transaction.atomic
def close(
    guest_id: int,
    action: Admission.Action,
    *,
    nonce: str,
    by: User,
    at: datetime,
    reason: str = "",
) -> Admission | None:
    """Somebody leaves (OUT), or never came in (UNDONE); None when not inside."""
    guest = Guest.objects.select_for_update(of=("self",), no_key=True).get(pk=guest_id)
    again = guest.admissions.filter(nonce=nonce).first()
    if again is not None:
        return again
    row = _open_row(guest_id)
    if row is None:
        return None
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    if action == Admission.Action.UNDONE:
        activity.record(guest.event, by, "undid an admission", guest.name, at=at)
    return _log(guest, action, nonce, by, at, None, reason)


@transaction.atomic
def deny(guest_id: int, *, nonce: str, reason: str, by: User, at: datetime) -> Admission:
    """Write down that somebody was not admitted, and why."""
    guest = Guest.objects.select_for_update(of=("self",), no_key=True).get(pk=guest_id)
    again = guest.admissions.filter(nonce=nonce).first()
    if again is not None:
        return again
    decision = card(guest).decision
    return _log(guest, Admission.Action.DENIED, nonce, by, at, decision, reason)


def inside_count(event: Event) -> int:
    """People inside, counted from the rows and never stored."""
    return event.admissions.filter(action=Admission.Action.IN, closed_at=None).count()


def _open_row(guest_id: int) -> Admission | None:
    return Admission.objects.filter(
        guest=guest_id, action=Admission.Action.IN, closed_at=None
    ).first()


def _log(
    guest: Guest,
    action: Admission.Action,
    nonce: str,
    by: User,
    at: datetime,
    decision: Decision | None,
    reason: str = "",
) -> Admission:
    return Admission.objects.create(
        event_id=guest.event_id,
        guest=guest,
        action=action,
        nonce=nonce,
        by=by,
        by_name=str(by),
        colour=decision.colour if decision else "",
        reason=reason,
        at=at,
    )


def _results(guest: Guest) -> Results:
    if guest.nominee_id is None:
        return Results()
    found: dict[str, list[str]] = {}
    rows = Nomination.objects.filter(nominees=guest.nominee_id)
    for outcome, name in rows.order_by("category__order").values_list(
        "outcome", "category__name"
    ):
        found.setdefault(outcome, []).append(name)
    return Results(
        won=tuple(found.get(Nomination.Outcome.WON, ())),
        lost=tuple(found.get(Nomination.Outcome.LOST, ())),
        pending=tuple(found.get(Nomination.Outcome.PENDING, ())),
    )


def _owed(guest: Guest) -> tuple[tuple[Owed, ...], int]:
    rows = list(Obligation.objects.due().with_paid_cents().filter(guest=guest))
    # Money beyond one obligation does not pay another one.
    paid = sum(min(row.paid_cents, row.amount_cents) for row in rows)
    return tuple(Owed(row.amount_cents, row.why) for row in rows), paid
