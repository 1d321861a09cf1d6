"""A winner pays in cash at the door: green only when two people have counted it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations import manual_gifts
from donations.manual_gifts import Taken
from donations.models import Donation, ManualGift
from events.models import Event, User
from guests import payments
from guests.bottle_words import proposals
from guests.models import Guest, Obligation
from guests.payments import by_hand
from losers_lounge.stand_in.server import StandIn
from tests.conftest import signed_in
from tests.donations.bottles import picture
from tests.donations.factories import open_page
from tests.factories import make_category, make_event, make_member, make_user
from tests.guests.night import make_nominated_guest, win
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

NOW = timezone.now()


def make_winner(event: Event | None = None) -> Guest:
    event = event or make_event()
    category = make_category(event, "Outstanding Writing")
    guest = make_nominated_guest(event, category, name="Tina Fey")
    win(category, guest)
    return guest


def cash(nonce: str = "press") -> Taken:
    return Taken(kind="cash", photo=picture(), nonce=nonce)


def take(guest: Guest, by: User, nonce: str = "press") -> ManualGift:
    return by_hand.take(guest.pk, cash(nonce), by=by, at=timezone.now())


@pytest.mark.django_db
def test_cash_settles_what_is_owed_when_the_second_name_is_there() -> None:
    guest, dot = make_winner(), make_user()

    gift = take(guest, dot)
    assert take(guest, dot).pk == gift.pk, "one press, one gift"
    assert gift.donation.amount_cents == 100_000
    proposed = gift.donation.parts.get().engraving
    assert proposed == proposals(guest.event, [guest])[guest.pk]
    assert proposed.startswith("Tina Fey\nOutstanding Writing\n")
    assert not Obligation.objects.satisfied().exists()
    with pytest.raises(payments.PaymentPending):
        take(guest, dot, "again")

    manual_gifts.sign(gift.pk, by=make_user(), at=NOW)

    assert Obligation.objects.satisfied().get().guest == guest
    with pytest.raises(payments.NothingOwed):
        take(guest, dot, "more")
    manual_gifts.void(gift.pk, "Monopoly money", by=make_user(), at=NOW)
    assert Obligation.objects.unpaid().get().guest == guest


@pytest.mark.django_db(transaction=True)
def test_a_page_that_is_open_for_it_is_closed_first(stand_in: StandIn) -> None:
    guest = make_winner()
    donation = payments.donation_for(guest.pk)
    open_page(donation)

    gift = take(guest, make_user())

    donation.refresh_from_db()
    assert donation.state == Donation.State.EXPIRED
    assert gift.donation.state == Donation.State.PROCESSING


def race() -> None:
    """Four people at four desks take the same winner's cash, each pressing once."""
    guest = make_winner()
    people = [make_user() for _number in range(4)]

    outcomes = at_the_same_moment(4, lambda n: take(guest, people[n], f"press {n}"))

    taken = [row for row in outcomes if isinstance(row, ManualGift)]
    assert len(taken) == 1, outcomes
    assert guest.event.donations.count() == 1


@pytest.mark.django_db(transaction=True)
def test_nobodys_cash_is_taken_twice() -> None:
    race()


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_would_be() -> None:
    seen_to_fail_without_lock(race)


class TestAtTheDoor:
    @pytest.fixture
    def guest(self, db: None) -> Guest:
        return make_winner()

    def url(self, guest: Guest, name: str = "by_hand") -> str:
        return reverse(f"guests:{name}", args=[guest.event.slug, guest.pk])

    def hand(self, client: Client, guest: Guest, **said: Any) -> HttpResponse:
        photo = SimpleUploadedFile("cash.jpg", picture(), "image/jpeg")
        data = {"kind": "cash", "nonce": "n", "photo": photo, **said}
        return client.post(self.url(guest), data, follow=True)

    def test_one_takes_it_and_another_signs(self, guest: Guest) -> None:
        dot = signed_in(make_member(guest.event, "door"))
        amy = signed_in(make_member(guest.event, "host"))
        assert "$1,000.00" in dot.get(self.url(guest)).content.decode()
        assert self.hand(dot, guest, photo="").status_code == 422
        assert dot.get(self.url(guest, "photo_by_hand")).status_code == 204

        taken = self.hand(dot, guest).content.decode()
        assert "You took it yourself" in taken
        alone = dot.post(self.url(guest, "sign_by_hand"))
        assert alone.status_code == 409
        assert self.hand(amy, guest, nonce="two").status_code == 409
        photo = amy.get(self.url(guest, "photo_by_hand"))
        assert photo.content.startswith(b"\xff\xd8")
        assert "no-store" in photo["Cache-Control"]
        signed = amy.post(self.url(guest, "sign_by_hand"), follow=True)

        assert "Tina Fey has given" in signed.content.decode()
        assert "Nothing is owed" in dot.get(self.url(guest)).content.decode()
        again = amy.post(self.url(guest, "sign_by_hand"), follow=True)
        assert "Nothing here is waiting for a second name" in again.content.decode()
