"""A large made-up event, the same for the same seed, written in bulk."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from events.models import Category, Charity, Event, Member, Nomination, Nominee, User
from guests import obligations, seats
from guests.models import Contact, Guest, Invitation
from losers_lounge import planner
from losers_lounge.names import fold

BATCH = 2_000
CREDITS = 5
FIRST = ("Ada", "Björn", "Chloé", "Dmitri", "Esme", "Farid", "Grace", "Hiro", "Inés")
LAST = ("Abara", "Bergström", "Castillo", "Dubois", "Evans", "Fischer", "Gómez", "Ito")


@dataclass(frozen=True)
class Size:
    guests: int
    nominees: int = 0
    answered_percent: int = 0
    seed: int = 1


@transaction.atomic
def seed(slug: str, size: Size, at: datetime) -> Event:
    """Make the event with its host host@<slug>.example.com; sends nothing."""
    charity = Charity.objects.create(legal_name="Worldwide Orphans")
    event = Event.objects.create(
        slug=slug,
        name=f"Seeded {slug}",
        venue="Soho House",
        time_zone="America/Los_Angeles",
        doors_at=at + timedelta(days=30),
        starts_at=at + timedelta(days=30),
        ends_at=at + timedelta(days=30, hours=5),
        capacity=max(1, size.guests * 2),
        charity=charity,
    )
    host = User.objects.create_user(
        f"host@{slug}.example.com", None, name=f"Host of {slug}"
    )
    Member.objects.bulk_create(
        Member(event=event, user=host, role=role) for role in Member.Role
    )
    nominees = _nominees(event, size)
    chance = random.Random(size.seed)  # noqa: S311 (repeatable on purpose)
    for start in range(0, size.guests, BATCH):
        numbers = range(start, min(start + BATCH, size.guests))
        _people(event, numbers, nominees, chance, size.answered_percent, at)
    seats.fold(event)
    planner.analyze(Nominee, Nomination, Contact, Invitation, Guest)
    obligations.bring_up_to_date(event, at)
    return event


def _name(number: int) -> str:
    first = FIRST[number % len(FIRST)]
    last = LAST[number // len(FIRST) % len(LAST)]
    return f"{first} {last} {number:06d}"


def _nominees(event: Event, size: Size) -> list[Nominee]:
    people = Nominee.objects.bulk_create(
        (
            Nominee(event=event, name=_name(number), name_key=fold(_name(number)))
            for number in range(size.nominees)
        ),
        batch_size=BATCH,
    )
    categories = _categories(event, -(-size.nominees // CREDITS))
    nominations = Nomination.objects.bulk_create(
        Nomination(
            category=categories[number // CREDITS],
            work=f"Work {number:06d}",
            work_key=f"work {number:06d}",
        )
        for number in range(size.nominees)
    )
    credit = Nomination.nominees.through
    credit.objects.bulk_create(
        (
            credit(nomination=nomination, nominee=person)
            for nomination, person in zip(nominations, people, strict=True)
        ),
        batch_size=BATCH,
    )
    return people


def _categories(event: Event, count: int) -> list[Category]:
    names = [f"Outstanding Seed {number:04d}" for number in range(count)]
    return Category.objects.bulk_create(
        Category(event=event, order=number, name=name, name_key=fold(name))
        for number, name in enumerate(names, 1)
    )


def _people(
    event: Event,
    numbers: range,
    nominees: list[Nominee],
    chance: random.Random,
    answered_percent: int,
    at: datetime,
) -> None:
    names = [_name(number) for number in numbers]
    invitations = _invitations(event, list(zip(numbers, names, strict=True)))
    guests = []
    for number, name, invitation in zip(numbers, names, invitations, strict=True):
        answered = chance.randrange(100) < answered_percent
        says_yes = answered and chance.randrange(4) > 0
        guests.append(
            Guest(
                event=event,
                invitation=invitation,
                **Guest.named(name),
                nominee=nominees[number] if number < len(nominees) else None,
                answer=_answer(answered, says_yes),
                answered_at=at if answered else None,
            )
        )
    Guest.objects.bulk_create(guests)


def _invitations(event: Event, people: list[tuple[int, str]]) -> list[Invitation]:
    """One for each number and name, with a contact of their own and a plus-one."""
    contacts = Contact.objects.bulk_create(
        Contact(event=event, name=name, email=f"guest{number}@example.com")
        for number, name in people
    )
    return Invitation.objects.bulk_create(
        Invitation(event=event, contact=contact, plus_ones=1) for contact in contacts
    )


def _answer(answered: bool, says_yes: bool) -> Guest.Answer:
    if not answered:
        return Guest.Answer.WAITING
    return Guest.Answer.YES if says_yes else Guest.Answer.NO
