"""A night that fails says what was wrong, for it is played again, not repeated."""

from datetime import timedelta

import pytest
from django.utils import timezone

from donations.models import Donation
from guests.models import Settlement
from tests.guests.night import pay
from tests.guests.test_payments import make_winner
from tests.rehearsal.invariants import nobody_gives_twice


@pytest.mark.django_db
def test_who_gave_twice_is_named_with_both_payments() -> None:
    guest = make_winner(name="Tina Fey")
    first = pay(guest)
    nobody_gives_twice(guest.event)
    Donation.objects.update(state=Donation.State.REFUNDED)
    second = pay(guest, timezone.now() + timedelta(minutes=1))
    nobody_gives_twice(guest.event)
    Donation.objects.update(state=Donation.State.PAID)
    assert Settlement.objects.count() == 2

    with pytest.raises(AssertionError, match="Tina Fey: due person, 200000 of 100000"):
        nobody_gives_twice(guest.event)
    with pytest.raises(AssertionError, match=f"of donation {first.pk}, paid"):
        nobody_gives_twice(guest.event)
    with pytest.raises(AssertionError, match=f"of donation {second.pk}, paid"):
        nobody_gives_twice(guest.event)
