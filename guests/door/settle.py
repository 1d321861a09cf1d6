"""Who became a winner when they were inside already: asked discreetly, by letter.

Nobody who is inside is sent out for it. What they owe stands on a list of the door's,
by name and reason; a press writes to them again, and the closing goes on asking.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event, Message, Nomination, User
from guests import letters
from guests.actors import Actor
from guests.door.card import Card, cards
from guests.models import Admission, Guest, Obligation
from losers_lounge.moments import in_zone

# Whoever is written to may finish reading before they are written to again.
PAUSE = timedelta(minutes=5)
GOOD_FOR = timedelta(days=7)


class NotTold(Exception):
    """Nothing was sent; the text says why, in words for the door."""


class NothingOpen(NotTold):
    """They have given meanwhile, or a correction took it away."""

    def __init__(self) -> None:
        super().__init__(_("Nothing is open anymore. The list was a moment old."))


class NoAddress(NotTold):
    """There is no mailbox to write to."""

    def __init__(self) -> None:
        super().__init__(_("There is no e-mail address: tell them in person."))


class ToldAlready(NotTold):
    """Somebody wrote to them a moment ago."""

    def __init__(self) -> None:
        super().__init__(_("They were written to a moment ago. Give them a minute."))


@dataclass(frozen=True)
class Owing:
    """Somebody inside, what they still owe and why, and whether they know."""

    card: Card
    owed: tuple[Obligation, ...]
    letter: Message | None
    has_address: bool

    @property
    def guest(self) -> Guest:
        return self.card.guest

    @property
    def cents(self) -> int:
        return sum(row.left_cents for row in self.owed)

    @property
    def since(self) -> datetime | None:
        """Since when they have owed; nothing for who owes a statue alone."""
        return min((row.due_at for row in self.owed), default=None)


def inside_owing(event: Event) -> list[Owing]:
    """Everybody inside who owes money or a statue, the longest first.

    A constant number of queries, however many.
    """
    here = Admission.objects.filter(
        guest=OuterRef("pk"), action=Admission.Action.IN, closed_at=None
    )
    owes = Obligation.objects.due().filter(guest=OuterRef("pk"))
    won = Nomination.objects.filter(
        nominees=OuterRef("nominee"), outcome=Nomination.Outcome.WON
    )
    people = Guest.objects.filter(
        Q(Exists(owes)) | Q(Exists(won)), Exists(here), event=event
    )
    guests = list(people.select_related("plus_one_of", "invitation__contact"))
    for guest in guests:
        guest.event = event
    owed, told = _unpaid(guests), _told(event)
    found = [
        Owing(
            card=card,
            owed=tuple(owed[card.guest.pk]),
            letter=told.get(card.guest.pk),
            has_address=bool(card.guest.invitation.contact.email),
        )
        for card in cards(guests)
        if owed[card.guest.pk] or card.trophies_missing
    ]
    return sorted(found, key=_longest_first)


def _longest_first(row: Owing) -> tuple[bool, str, str, int]:
    since = row.since.isoformat() if row.since else ""
    return not row.since, since, row.guest.name_key, row.guest.pk


def _unpaid(guests: Sequence[Guest]) -> dict[int, list[Obligation]]:
    found = defaultdict(list)
    rows = Obligation.objects.unpaid().filter(guest__in=guests)
    for row in rows.order_by("due_at", "pk"):
        found[row.guest_id].append(row)
    return found


def _told(event: Event) -> dict[int, Message]:
    """The newest letter to settle by guest."""
    rows = Message.objects.filter(event=event, kind="settle").order_by("pk")
    return {int(row.dedupe_key.split(":")[1]): row for row in rows}


@transaction.atomic
def tell(guest_id: int, *, nonce: str, by: Actor, at: datetime) -> bool:
    """Write to somebody once more what they owe, why, and where to settle it.

    The same press again writes nothing; False then. Raises NothingOpen, NoAddress,
    ToldAlready or Guest.DoesNotExist.
    """
    guest = _locked([guest_id]).get()
    rows = _unpaid([guest])[guest.pk]
    key = letters.settle_key(guest.pk)
    before = Message.objects.filter(event=guest.event_id, kind="settle")
    before = before.filter(dedupe_key__startswith=key)
    if before.filter(dedupe_key=f"{key}{nonce}").exists():
        return False
    if not rows:
        raise NothingOpen
    if not guest.invitation.contact.email:
        raise NoAddress
    if before.filter(created_at__gt=at - PAUSE).exists():
        raise ToldAlready
    letters.post(letters.settlements([(guest, rows, nonce)]), at)
    verb, about = noop("asked to settle"), guest.about
    activity.record(guest.event, by.logged, verb, guest.name, at=at, about=about)
    return True


@transaction.atomic
def keep(obligation_ids: Iterable[int], *, by: User | Actor, at: datetime) -> int:
    """Go on asking for what is still owed, for a week: a letter to each guest.

    Returns how many obligations that is. What is paid, waived or kept already is left
    as it is, so that twice is once.
    """
    ids = list(obligation_ids)
    people = {row.pk: row for row in _locked_for(ids)}
    unpaid = Obligation.objects.unpaid().filter(pk__in=ids, kept_at=None)
    rows = list(unpaid.order_by("guest", "pk"))
    owing = defaultdict(list)
    for row in rows:
        owing[row.guest_id].append(row)
    Obligation.objects.filter(pk__in=[row.pk for row in rows]).update(
        kept_at=at, kept_by_name=str(by)[:200]
    )
    if rows:
        until = in_zone(at + GOOD_FOR, people[rows[0].guest_id].event.zone)
        asked = [
            (people[guest_id], own, f"kept:{own[0].pk}")
            for guest_id, own in owing.items()
        ]
        letters.post(letters.settlements(asked, until), at)
    return len(rows)


def _locked_for(obligation_ids: Sequence[int]) -> Iterable[Guest]:
    owners = Obligation.objects.filter(pk__in=obligation_ids).values("guest")
    return _locked(owners)


def _locked(guest_ids: object) -> QuerySet[Guest]:
    """These people in the order of their keys, locked; what a letter reads is read."""
    return (
        Guest.objects.locked()
        .select_related("event", "invitation__contact", "invitation__event__charity")
        .filter(pk__in=guest_ids)
        .order_by("pk")
    )
