"""Cash and cheques on the page of the charity: two names, a photo, and apart."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from donations import manual_gifts
from donations.models import Donation, ManualGift
from events.models import Event
from tests.conftest import signed_in
from tests.donations.bottles import picture
from tests.donations.test_manual_gifts import NOW, take_cash
from tests.factories import make_event, make_member, make_user

CHEQUE = {
    "donor_name": "Lorne Michaels",
    "donor_email": "Lorne@guest.example",
    "amount": "2,500.00",
    "kind": "cheque",
    "cheque_number": "000123",
    "nonce": "press",
}


@pytest.fixture
def event(db: None) -> Event:
    return make_event()


def enter(client: Client, event: Event, **said: str) -> HttpResponse:
    photo = SimpleUploadedFile("cheque.jpg", picture(), "image/jpeg")
    url = reverse("donations:manual", args=[event.slug])
    return client.post(url, {**CHEQUE, "photo": photo, **said}, follow=True)


def press(client: Client, gift: ManualGift, name: str, **said: str) -> HttpResponse:
    args = [gift.donation.event.slug, gift.pk]
    return client.post(reverse(f"donations:{name}", args=args), said, follow=True)


def test_one_writes_it_down_and_another_signs(event: Event) -> None:
    finn = signed_in(make_member(event, "finance"))
    amy = signed_in(make_member(event, "host"))
    for said in ({"amount": "-5"}, {"cheque_number": ""}, {"kind": "gold"}):
        assert enter(finn, event, **said).status_code == 422
    assert enter(finn, event, photo="").status_code == 422
    assert not Donation.objects.exists()

    for _twice in range(2):
        enter(finn, event)
    gift = ManualGift.objects.select_related("donation__event").get()
    assert gift.donation.donor_email == "lorne@guest.example"
    assert gift.donation.parts.get().for_name == "Lorne Michaels"
    assert press(finn, gift, "manual_sign").status_code == 409
    signed = press(amy, gift, "manual_sign").content.decode()

    assert "$2,500.00" in signed.partition("Given by hand")[2]
    gift.refresh_from_db()
    assert gift.donation.state == Donation.State.PAID
    photo = finn.get(reverse("donations:manual_photo", args=[event.slug, gift.pk]))
    assert photo.content.startswith(b"\xff\xd8")
    assert "no-store" in photo["Cache-Control"]
    assert press(amy, gift, "manual_void", reason=" ").status_code == 422
    assert press(finn, gift, "manual_void", reason="There was none").status_code == 409
    gone = press(amy, gift, "manual_void", reason="It bounced").content.decode()
    assert "It bounced" in gone
    assert press(amy, gift, "manual_sign").status_code == 200


def test_an_old_form_with_another_gift_in_it_is_not_lost_in_silence(
    event: Event,
) -> None:
    finn = signed_in(make_member(event, "finance"))
    enter(finn, event)

    for said in ({"amount": "40.00"}, {"donor_name": "Tina Fey"}):
        assert enter(finn, event, **said).status_code == 422
    assert enter(finn, event).status_code == 200
    assert ManualGift.objects.count() == 1
    assert enter(finn, event, amount="40.00", nonce="new").status_code == 200
    assert ManualGift.objects.count() == 2


def test_the_page_costs_the_same_however_many_there_are(
    event: Event, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    finn = signed_in(make_member(event, "finance"))
    url = reverse("donations:manual", args=[event.slug])
    assert "Nothing is waiting" in finn.get(url).content.decode()
    costs = []
    for _more in range(2):
        for _gift in range(2):
            kept = take_cash(event, make_user(), nonce=str(ManualGift.objects.count()))
            manual_gifts.sign(kept.pk, by=make_user(), at=NOW)
            take_cash(event, make_user(), nonce=str(ManualGift.objects.count()))
        with django_assert_max_num_queries(20) as cost:
            finn.get(url)
        costs.append(len(cost))
    assert costs[0] == costs[1]
