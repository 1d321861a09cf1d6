"""Rows by need: plain functions with honest defaults, everything can be overridden.

Rooms add their own beside these: make_guest in tests/guests/factories.py, and so on.
"""

from datetime import timedelta
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from events.models import (
    Category,
    Charity,
    Event,
    Member,
    Nomination,
    Nominee,
    User,
)
from losers_lounge.names import fold

PASSWORD = "a long enough password"
_numbers = count(1)


def make_user(name: str = "", **fields: Any) -> User:
    """A team member with a confirmed address, who signs in with PASSWORD."""
    number = next(_numbers)
    name = name or f"Person {number}"
    email = fields.pop("email", f"person{number}@team.example")
    user = User.objects.create_user(email, PASSWORD, name=name, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_charity(**fields: Any) -> Charity:
    defaults = {
        "legal_name": "Worldwide Orphans Foundation",
        "ein": "13-3943874",
        "address": "511 Valley Street, Maplewood, NJ 07040",
    }
    return Charity.objects.create(**defaults | fields)


def make_event(**fields: Any) -> Event:
    """An open evening tomorrow, which takes answers; name any field otherwise."""
    doors_at = fields.pop("doors_at", timezone.now() + timedelta(days=1))
    defaults = {
        "slug": f"lounge-{next(_numbers)}",
        "name": "Losers Lounge",
        "hosted_by": "Amy Poehler and Jon Hamm",
        "venue": "Soho House",
        "address": "9200 Sunset Boulevard, West Hollywood, CA 90069",
        "time_zone": "America/Los_Angeles",
        "doors_at": doors_at,
        "starts_at": doors_at + timedelta(hours=1),
        "ends_at": doors_at + timedelta(hours=6),
        "capacity": 200,
    }
    if "charity" not in fields and "charity_id" not in fields:
        fields["charity"] = make_charity()
    return Event.objects.create(**defaults | fields)


def make_member(
    event: Event | None = None, role: str = Member.Role.HOST, user: User | None = None
) -> Member:
    """Somebody in a role on the event's team; event and user are made if not given."""
    return Member.objects.create(
        event=event or make_event(), user=user or make_user(), role=role
    )


def make_nominee(event: Event, name: str = "", **fields: Any) -> Nominee:
    name = name or f"Nominee {next(_numbers)}"
    return Nominee.objects.create(event=event, name=name, name_key=fold(name), **fields)


def make_category(event: Event, name: str = "", **fields: Any) -> Category:
    """An open category, after the ones that are there."""
    number = next(_numbers)
    name = name or f"Outstanding Category {number}"
    defaults = {"order": number, "name_key": fold(name)}
    return Category.objects.create(event=event, name=name, **defaults | fields)


def make_nomination(
    category: Category, *nominees: Nominee, work: str = "", **fields: Any
) -> Nomination:
    """A work in the running with all it credits; none named makes a new nominee."""
    work = work or f"Work {next(_numbers)}"
    nomination = Nomination.objects.create(
        category=category, work=work, work_key=fold(work), **fields
    )
    nomination.nominees.set(nominees or [make_nominee(category.event)])
    return nomination
