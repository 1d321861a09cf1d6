"""What a guest began just before the evening was forgotten keeps no name either."""

from unittest.mock import patch

import pytest
from django.utils import timezone

from donations import checkout
from donations.models import Donation, Pledge
from events.models import Event
from guests import payments, pledges
from guests.models import Guest
from guests.payments.asked import asked_for
from guests.payments.wishes import Wish
from guests.privacy import blanks, evenings, retention
from tests.donations.factories import make_donation
from tests.donations.pledging import make_pledge
from tests.factories import make_category
from tests.guests.night import make_nominated_guest
from tests.guests.pledging import press
from tests.guests.test_payments import make_winner

pytestmark = pytest.mark.django_db

OVER = Donation.State.EXPIRED


def forget(event: Event) -> None:
    retention.forget_due(timezone.now())
    assert not evenings.unfinished().filter(pk=event.pk).exists()


@pytest.mark.parametrize("is_erased", ["evening", "guest"])
def test_no_page_is_begun_for_who_is_being_forgotten(
    event: Event, is_erased: str
) -> None:
    """The wish was read before; what counts is read behind the lock."""
    guest = make_winner(event)
    wish = Wish.of_guest(guest)
    if is_erased == "evening":
        evenings.ask(event.pk, by="Amy", at=timezone.now())
    else:
        blanks.guests([Guest.objects.get(pk=guest.pk)], timezone.now())
    with pytest.raises(checkout.CheckoutRefused, match="forgotten"):
        asked_for(wish, timezone.now())
    assert not Donation.objects.exists()


def test_no_card_is_saved_by_who_is_being_forgotten(event: Event) -> None:
    guest = make_nominated_guest(event, make_category(event))
    evenings.ask(event.pk, by="Amy", at=timezone.now())
    with pytest.raises(pledges.NotOffered):
        pledges.agree(guest.pk, press())
    assert not Pledge.objects.exists()


def test_a_page_that_was_open_meanwhile_is_forgotten_once_it_closes(
    event: Event,
) -> None:
    guest = make_winner(event)
    with patch.object(evenings, "why_not_yet", return_value=[]):
        row = payments.donation_for(guest.pk)
        Donation.objects.update(state=Donation.State.CHECKOUT_OPEN)
        evenings.ask(event.pk, by="Amy", at=timezone.now())
    forget(event)
    row.refresh_from_db()
    assert row.donor_name == guest.name, "Stripe may still take the money"
    Donation.objects.update(state=OVER)
    forget(event)
    row.refresh_from_db()
    assert row.donor_name == f"Donor {row.public_id}"


def test_a_card_that_was_being_saved_is_forgotten_once_it_is_gone(
    event: Event,
) -> None:
    row = make_pledge(event, donor_name="Tina Fey")
    with patch.object(evenings, "why_not_yet", return_value=[]):
        evenings.ask(event.pk, by="Amy", at=timezone.now())
    forget(event)
    now = timezone.now()
    Pledge.objects.update(state=Pledge.State.RELEASED, ended_at=now)
    forget(event)
    row.refresh_from_db()
    assert "Tina" not in row.donor_name


def test_whose_money_moved_stays_in_the_books(event: Event) -> None:
    now = timezone.now()
    gift = {"state": Donation.State.PAID, "paid_at": now, "donor_name": "Tina Fey"}
    paid = make_donation(event, **gift)
    evenings.ask(event.pk, by="Amy", at=now)
    forget(event)
    paid.refresh_from_db()
    assert paid.donor_name == "Tina Fey"
