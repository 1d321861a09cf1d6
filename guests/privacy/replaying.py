"""After a restore: forget again whoever was forgotten since the backup was made."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from donations.models import Donation, Pledge
from events import activity, tombstones
from events.models import Event, Message, User
from guests.models import Contact
from guests.privacy import evenings, people

Kind = tombstones.Kind


@dataclass
class Replayed:
    """How many were forgotten again, and who could not be yet, by hash."""

    people: int = 0
    evenings: int = 0
    waits: list[str] = field(default_factory=list)


def replay(lines: Iterable[str], at: datetime) -> Replayed:
    """Forget whoever a tombstone here or in the list names; twice is once.

    What was made after somebody was forgotten stays: they came back, and an evening
    of the same address is another one. Raises tombstones.Unreadable, having written
    nothing.
    """
    stones = tombstones.known(lines)
    done = Replayed()
    for event in Event.objects.order_by("pk"):
        erased_at = tombstones.erased_at(stones, Kind.EVENT, event.slug)
        if erased_at and event.created_at <= erased_at:
            _evening(event, at, done)
    for email in sorted(set(_addresses())):
        if before := tombstones.erased_at(stones, Kind.PERSON, email):
            _person(email, before, at, done)
    return done


def _evening(event: Event, at: datetime, done: Replayed) -> None:
    try:
        event = evenings.ask(event.pk, by=activity.OPERATOR, at=at)
    except evenings.Waits:
        done.waits.append(f"event {event.slug}")
        return
    if evenings.unfinished().filter(pk=event.pk).exists():
        evenings.carry_on(event, at)
        done.evenings += 1


def _person(email: str, before: datetime, at: datetime, done: Replayed) -> None:
    if not people.plan(email, before).is_known:
        return
    try:
        people.erase(email, by=activity.OPERATOR, at=at, before=before)
        done.people += 1
    except people.Unsettled:
        done.waits.append(f"person {tombstones.macs(Kind.PERSON, email)[0][:12]}")


def _addresses() -> Iterator[str]:
    """Every address that this database holds."""
    columns: tuple[tuple[QuerySet, str], ...] = (
        (Contact.objects, "email"),
        (Donation.objects, "donor_email"),
        (Pledge.objects, "donor_email"),
        (Message.objects, "recipient_email"),
        (User.objects, "email"),
    )
    for rows, column in columns:
        found = rows.exclude(**{column: ""}).order_by().values_list(column, flat=True)
        yield from found.distinct().iterator()
