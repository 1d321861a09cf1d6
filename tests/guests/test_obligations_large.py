"""A result that touches thousands: one transaction, and as few queries as for three.

`LARGE_NIGHT=5000 python3 manage.py test tests/guests/test_obligations_large.py` is
the night of five thousand nominees; half of them win before the correction, half
after it, and everybody who had won has paid.
"""

import os
import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from donations.models import Donation, Reward
from events.models import Category, Event, Message, Nomination, Nominee
from guests import obligations, results_night
from guests.models import Contact, Guest, Invitation, Obligation, Settlement
from losers_lounge.names import fold
from tests.factories import make_category, make_event, make_nomination, make_user
from tests.guests.night import win

pytestmark = pytest.mark.django_db

NIGHT = int(os.environ.get("LARGE_NIGHT", "600"))


def make_team(category: Category, size: int, letter: str) -> Nomination:
    """One entry that credits so many people, all of whom are coming."""
    event, now = category.event, timezone.now()
    names = [f"{letter} {number}" for number in range(size)]
    people = Nominee.objects.bulk_create(
        Nominee(event=event, name=name, name_key=fold(name)) for name in names
    )
    contacts = Contact.objects.bulk_create(
        Contact(event=event, name=name, email=f"{letter}{number}@guests.example")
        for number, name in enumerate(names)
    )
    invitations = Invitation.objects.bulk_create(
        Invitation(event=event, contact=contact, invited_at=now) for contact in contacts
    )
    Guest.objects.bulk_create(
        Guest(
            event=event,
            invitation=invitation,
            nominee=person,
            answer=Guest.Answer.YES,
            answered_at=now,
            **Guest.named(person.name),
        )
        for invitation, person in zip(invitations, people, strict=True)
    )
    entry = make_nomination(category, people[0])
    entry.nominees.add(*people)
    return entry


def pay_all(event: Event) -> None:
    """Everybody who owes has given, and waits for a bottle."""
    owed = list(Obligation.objects.due().filter(guest__event=event))
    donations = Donation.objects.bulk_create(
        Donation(
            event=event,
            donor_name=row.key,
            donor_email="a@guests.example",
            purpose=Donation.Purpose.ADMISSION,
            amount_cents=row.amount_cents,
            state=Donation.State.PAID,
            created_at=timezone.now(),
            paid_at=timezone.now(),
        )
        for row in owed
    )
    Settlement.objects.bulk_create(
        Settlement(obligation=row, donation=donation, amount_cents=row.amount_cents)
        for row, donation in zip(owed, donations, strict=True)
    )
    Reward.objects.bulk_create(
        Reward(donation=donation, engraving="A", requested_at=timezone.now())
        for donation in donations
    )


def analyze() -> None:
    """As a server does by itself in the days between an import and the night.

    One that looked while the tests before had left nothing plans for no rows at all,
    and is busy for minutes with hundreds.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def correct(size: int) -> dict[str, Any]:
    """A first team won and paid; the envelope was another one's; and back again."""
    category = make_category(make_event(capacity=10 * size))
    first, second = (make_team(category, size, letter) for letter in "ab")
    analyze()
    obligations.bring_up_to_date(category.event, timezone.now())
    with CaptureQueriesContext(connection) as won:
        win(category, first)
    pay_all(category.event)
    analyze()
    with CaptureQueriesContext(connection) as corrected:
        began = time.perf_counter()
        record(category, second)
        seconds = time.perf_counter() - began
    with CaptureQueriesContext(connection) as back:
        record(category, first)
    queries = [len(won), len(corrected), len(back)]
    return {"event": category.event, "queries": queries, "seconds": seconds}


def record(category: Category, winner: Nomination) -> None:
    results_night.record(
        category.event, {category.pk: [winner.pk]}, by=make_user(), at=timezone.now()
    )


def test_a_correction_asks_the_database_as_often_for_three_as_for_hundreds() -> None:
    few, many = correct(3), correct(NIGHT // 2)

    assert many["queries"] == few["queries"]


def test_a_correction_of_everybody_leaves_every_row_right() -> None:
    size = NIGHT // 2
    night = correct(size)

    rows = Obligation.objects.filter(guest__event=night["event"])
    assert rows.satisfied().count() == size
    assert rows.live().count() == size
    # Lost at first, won by mistake, corrected.
    assert rows.filter(state="void").count() == 3 * size
    assert not Settlement.objects.idle().exists()
    letters = Message.objects.filter(event=night["event"])
    kinds = {kind: letters.filter(kind=kind).count() for kind in ("win", "correction")}
    assert kinds == {"win": 2 * size, "correction": 2 * size}
    assert not Reward.objects.filter(is_held=True).exists()
    # Told, not held: the same statements take a busy machine many times as long.
    print(f"corrected {2 * size} nominees in {night['seconds']:.1f} s")
