"""A donor's own page: opened by a link alone, changed by a press alone."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from donations import donor_realm, receipts
from donations.models import Donation
from events.models import Activity, Event
from losers_lounge.links import absolute_url, make_token
from tests.donations.factories import make_donation

pytestmark = pytest.mark.django_db


@pytest.fixture
def donation(event: Event) -> Donation:
    now = timezone.now()
    row = make_donation(
        event, state=Donation.State.PAID, paid_at=now, donor_name="Łukasz <b> Fey"
    )
    row.parts.all().delete()
    row.parts.create(order=0, for_name="Kim", purpose="admission", amount_cents=60_000)
    row.parts.create(order=1, for_name="Łukasz", purpose="gift", amount_cents=40_000)
    receipts.bring_up_to_date(row, at=now)
    return row


def came_by_link(donation: Donation) -> Client:
    client = Client()
    purpose, lookup, version = donor_realm.link_of(donation)["link"]
    path = absolute_url(purpose, lookup, version).removeprefix(settings.SITE_URL)
    answer = client.get(path)
    assert answer["Location"] == f"/donor/{donation.public_id}/"
    assert answer["Referrer-Policy"] == "no-referrer"
    return client


def test_the_link_opens_this_donation_until_another_is_made(
    donation: Donation, event: Event
) -> None:
    page = f"/donor/{donation.public_id}/"
    number = donation.receipts.get().number
    other = make_donation(event)
    assert Client().get(page).status_code == 404
    client = came_by_link(donation)

    body = client.get(page).content.decode()

    assert "Kim" in body and "$600.00" in body and number in body
    assert (
        "Łukasz &lt;b&gt; Fey"
        in client.get(f"{page}receipts/{number}/").content.decode()
    )
    assert client.get(f"{page}receipts/{number}.pdf").content.startswith(b"%PDF-")
    assert 'name="robots" content="noindex"' in body
    for foreign in (f"/donor/{other.public_id}/", f"{page}receipts/LL-1/"):
        assert client.get(foreign).status_code == 404
    for forged in ("x.y", f"{donation.public_id}.{'A' * 27}", "donor", "\u00e4.b"):
        assert Client().get(f"/donor/{forged}/").status_code == 404
    for purpose in ("invitation", "pay"):
        token = make_token(purpose, donation.public_id, 1)
        assert Client().get(f"/donor/{token}/").status_code == 404
    client.cookies[settings.DONOR_COOKIE_NAME] = "forged"
    assert client.get(page).status_code == 404
    client = came_by_link(donation)
    old = f"/donor/{make_token('donor', donation.public_id, 1)}/"
    for change, words in (
        ({"link_version": 2}, "This link was replaced"),
        ({"donor_erased_at": timezone.now()}, "We have forgotten who gave"),
    ):
        Donation.objects.filter(pk=donation.pk).update(**change)
        for browser, url in ((client, page), (Client(), old)):
            gone = browser.get(url)
            assert (gone.status_code, words in gone.text) == (410, True)
        assert Client().get(page).status_code == 404


def test_a_press_changes_the_public_name_and_looking_changes_nothing(
    donation: Donation,
) -> None:
    client, page = came_by_link(donation), f"/donor/{donation.public_id}/"

    for name in (" The  Feys ", "The Feys", ""):
        answer = client.post(f"{page}credit/", {"credit_name": name})
        assert answer.status_code == 302
        donation.refresh_from_db()
        assert donation.credit_name == " ".join(name.split())

    assert Activity.objects.filter(verb__startswith="chose how").count() == 2
    assert client.get(f"{page}credit/").status_code == 405
    assert client.post(f"{page}credit/", {"credit_name": "x" * 201}).status_code == 422
    assert Client().post(f"{page}credit/", {"credit_name": "x"}).status_code == 404


def test_what_is_wrong_on_a_receipt_reaches_the_charity(
    donation: Donation, finance: Client, event: Event
) -> None:
    client, page = came_by_link(donation), f"/donor/{donation.public_id}/"
    assert client.post(f"{page}correction/", {"words": " "}).status_code == 422

    client.post(f"{page}correction/", {"words": "It is Żaneta"})

    room = finance.get(f"/donations/{event.slug}/receipts/").content.decode()
    assert "It is Żaneta" in room
    presses = [client.post(f"{page}correction/", {"words": "x"}) for _ in range(6)]
    assert presses[-1].status_code == 429
    assert client.get(page).status_code == 200


def test_the_page_of_money_given_back_says_so(donation: Donation) -> None:
    Donation.objects.filter(pk=donation.pk).update(
        state=Donation.State.REFUNDED, refunded_cents=100_000
    )
    donation.refresh_from_db()
    receipts.bring_up_to_date(donation, at=timezone.now())

    body = came_by_link(donation).get(f"/donor/{donation.public_id}/").content.decode()

    assert "was given back" in body and "Void" in body
    assert "Thank you." not in body


def test_the_page_asks_as_often_for_seventeen_parts_as_for_two(
    donation: Donation,
) -> None:
    client, page = came_by_link(donation), f"/donor/{donation.public_id}/"
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for order in range(2, 17):
        donation.parts.create(
            order=order, for_name=f"Guest {order}", purpose="gift", amount_cents=1
        )
    with CaptureQueriesContext(connection) as many:
        body = client.get(page).content.decode()

    assert "Guest 16" in body
    assert len(many) == len(few)
