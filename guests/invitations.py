"""Send the invitations, and bring a lost link back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from events import activity
from events.models import Event, User
from guests import letters
from guests.models import Guest, Invitation

BATCH = 1_000


class EventNotOpen(Exception):
    """A draft, closed or cancelled event invites nobody."""


@dataclass(frozen=True)
class Sent:
    """What one press did: letters queued, and invitations without an address."""

    queued: int
    without_address: int


@transaction.atomic
def send(event_id: int, *, by: User | str, at: datetime) -> Sent:
    """Put one letter in the outbox for every invitation that has none yet.

    Pressing twice, or two hosts at once, writes to nobody twice: the outbox refuses
    a second letter of one wave. Raises EventNotOpen.
    """
    event = (
        Event.objects.select_for_update(of=("self",), no_key=True)
        .select_related("charity")
        .get(pk=event_id)
    )
    if event.status != Event.Status.OPEN:
        raise EventNotOpen
    people = Prefetch("guests", Guest.objects.principals().order_by("pk"))
    waiting = _waiting(event).select_related("contact").prefetch_related(people)
    queued = 0
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        rows = list(waiting.filter(pk__in=ids[start : start + BATCH]).order_by("pk"))
        drafts = []
        for row in rows:
            row.event = event
            drafts.append(letters.invitation(row, list(row.guests.all())))
        queued += letters.post(drafts, at)
        Invitation.objects.filter(pk__in=[row.pk for row in rows]).update(invited_at=at)
    if queued:
        activity.record(event, by, f"sent {queued} invitations", at=at)
    return Sent(queued, without_address(event))


def without_address(event: Event) -> int:
    """Invitations nobody can be written for; they want a printed card."""
    return _of_somebody(event).filter(contact__email="").count()


def waiting_to_be_sent(event: Event) -> int:
    """Invitations with an address that no letter has gone out for."""
    return _waiting(event).count()


def _of_somebody(event: Event) -> QuerySet[Invitation]:
    """Invitations that still name a guest."""
    people = Guest.objects.principals().filter(invitation=OuterRef("pk"))
    return event.invitations.filter(Exists(people))


def _waiting(event: Event) -> QuerySet[Invitation]:
    return _of_somebody(event).filter(invited_at=None).exclude(contact__email="")


@transaction.atomic
def rotate(invitation_id: int, *, by: User, at: datetime) -> Invitation:
    """Retire this invitation's link and QR codes; a new one works from now on."""
    row = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("event", "contact")
        .get(pk=invitation_id)
    )
    row.link_version += 1
    row.save(update_fields=["link_version"])
    verb, name = "retired a link", row.contact.name
    activity.record(row.event, by, verb, name, at=at, about=row.about)
    return row


def send_lost_links(email: str, at: datetime) -> int:
    """Send the links of an address again, an hour apart at the least.

    The page says the same whatever this returns.
    """
    rows = (
        Invitation.objects.filter(
            contact__email=email.strip().lower(),
            event__status=Event.Status.OPEN,
            invited_at__isnull=False,
        )
        .select_related("event__charity", "contact")
        .prefetch_related(Prefetch("guests", Guest.objects.principals()))
    )
    hour = f"{at:%Y%m%d%H}"
    with transaction.atomic():
        return letters.post(
            [
                letters.lost_link(row, row.guests.all()[0], hour)
                for row in rows[:20]
                if row.guests.all()
            ],
            at,
        )
