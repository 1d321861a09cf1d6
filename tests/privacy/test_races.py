"""Whoever is forgotten while workers work: no letter slips away under their name."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from donations import forgetting
from donations.models import Donation
from events import outbox
from events.models import Event, Message
from guests.privacy import people
from guests.privacy.subject import Subject
from tests.donations.factories import make_donation
from tests.events.mails import make_message
from tests.guests.factories import make_contact, make_guest, make_invitation

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="one writer at a time, and no lock"
    ),
]

TINA = "tina@guests.example"


def claim() -> Message | None:
    try:
        return outbox.claim()
    finally:
        connection.close()


@pytest.mark.parametrize("to", [TINA, "dana@agency.example"])
def test_no_worker_takes_a_letter_of_who_is_being_forgotten(
    event: Event, to: str
) -> None:
    row = make_invitation(event, make_contact(event, "Tina Fey", email=TINA))
    make_guest(name="Tina Fey", invitation=row)
    letter = make_message(event, recipient_email=to, about=row.about)
    forget_money, taken = people._forget_money, []

    def beside_a_worker(subject: Subject, at: Any) -> None:
        with ThreadPoolExecutor(1) as worker:
            taken.append(worker.submit(claim).result(30))
        forget_money(subject, at)

    with patch.object(people, "_forget_money", beside_a_worker):
        people.erase(TINA, by="Op", at=timezone.now())
    letter.refresh_from_db()
    assert taken == [None]
    assert (letter.state, letter.recipient_email) == ("suppressed", "")


def test_a_donor_is_kept_whose_money_moved_before_the_lock_was_had() -> None:
    gift = make_donation(donor_name="Tina Fey")
    lock = type(Donation.objects.all()).locked

    def after_another(self: QuerySet[Donation]) -> QuerySet[Donation]:
        Donation.objects.filter(pk=gift.pk).update(state=Donation.State.PROCESSING)
        return lock(self)

    at = timezone.now() + timedelta(days=8 * 366)
    with patch.object(type(Donation.objects.all()), "locked", after_another):
        assert forgetting.forget_due(at) == 0
    gift.refresh_from_db()
    assert gift.donor_name == "Tina Fey"
    assert forgetting.forget_due(at) == 0
    Donation.objects.filter(pk=gift.pk).update(state=Donation.State.CREATED)
    assert forgetting.forget_due(at) == 1
