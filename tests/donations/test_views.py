"""Charity staff see the money and never a guest; strangers see nothing."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from donations import reconciliation, settlement, totals
from donations.models import Discrepancy, Receipt, StripeEvent
from events.models import Activity, Event
from losers_lounge.money import format_cents
from losers_lounge.stand_in.server import StandIn
from tests.conftest import signed_in
from tests.donations.factories import make_donation, pay, stray_entry
from tests.factories import make_charity, make_event, make_member


@pytest.fixture
def receipt(stand_in: StandIn, event: Event) -> Receipt:
    donation = make_donation(event)
    pay(stand_in, donation)
    return settlement.settle(donation.pk).receipts.get()


def rooms(event: Event, receipt: Receipt) -> list[str]:
    base = f"/donations/{event.slug}/"
    more = ("gifts/", "reconciliation/", f"receipts/{receipt.number}/", "press/")
    files = ("statement.json", "statement.csv", "statement.pdf", "journal.csv")
    return [base, *(f"{base}{room}" for room in (*more, "statements/", *files))]


@pytest.mark.django_db
def test_staff_and_hosts_enter_and_nobody_else(
    event: Event,
    receipt: Receipt,
    finance: Client,
    host: Client,
    door: Client,
    results_desk: Client,
    stranger: Client,
    anonymous: Client,
) -> None:
    for url in rooms(event, receipt):
        assert [c.get(url).status_code for c in (finance, host)] == [200, 200], url
        for client in (door, results_desk, stranger):
            assert client.get(url).status_code == 404, url
        assert anonymous.get(url).status_code == 302
        assert finance.get(url.replace(event.slug, "nowhere")).status_code == 404


@pytest.mark.django_db
def test_the_list_shows_ones_own_events(
    event: Event, finance: Client, stranger: Client, door: Client
) -> None:
    assert f"/donations/{event.slug}/" in finance.get("/donations/").content.decode()
    assert event.slug not in stranger.get("/donations/").content.decode()
    assert event.slug not in door.get("/donations/").content.decode()


@pytest.mark.django_db
def test_the_dashboard_shows_the_totals_with_their_time(
    event: Event, receipt: Receipt, finance: Client
) -> None:
    reconciliation.reconcile("", at=timezone.now())
    now = totals.for_event(event, timezone.now())

    page = finance.get(f"/donations/{event.slug}/").content.decode()

    for cents in (now.raised_cents, now.fees_cents, now.net_cents):
        assert format_cents(cents) in page
    assert "Equals Stripe to the cent" in page
    assert re.search(r"As of.*P[SD]T", page, re.S)
    assert "Tina Fey" in page and receipt.number in page
    assert "<svg" in page and "<details>" in page and "polyline" in page
    assert " style=" not in page


@pytest.mark.django_db
def test_what_is_still_due_is_shown_by_address(event: Event, finance: Client) -> None:
    page = finance.get(f"/donations/{event.slug}/").content.decode()

    address = re.search(r'hx-get="([^"]+)"', page)
    assert address and f'<a href="{address[1]}"' in page


@pytest.mark.django_db
def test_an_empty_dashboard_says_what_comes(event: Event, finance: Client) -> None:
    page = finance.get(f"/donations/{event.slug}/").content.decode()

    assert "No donations yet" in page
    assert "Being reconciled" in page


@pytest.mark.django_db
@pytest.mark.parametrize("room", ["", "gifts/"])
def test_fifty_rows_cost_what_one_costs(
    event: Event,
    finance: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    room: str,
) -> None:
    url = f"/donations/{event.slug}/{room}"
    make_donation(event)
    finance.get(url)
    with CaptureQueriesContext(connection) as asked:
        finance.get(url)
    for _ in range(60):
        make_donation(event)
    with django_assert_num_queries(len(asked)):
        first = finance.get(url).content.decode()
    if not room:
        assert first.count("Tina Fey") == 5
        return

    older = re.search(r"\?before=\d+", first)
    assert older
    second = finance.get(url + older[0]).content.decode()
    assert (first.count("Tina Fey"), second.count("Tina Fey")) == (50, 11)


@pytest.mark.django_db
@pytest.mark.parametrize("before", ["0", "-1", "9" * 30, "abc", "٣", "1.5", ""])
def test_an_odd_key_is_not_an_error(event: Event, finance: Client, before: str) -> None:
    url = f"/donations/{event.slug}/"

    assert finance.get(f"{url}gifts/", {"before": before}).status_code == 200
    answer = finance.get(f"{url}statement.json", {"version": before})
    assert answer.status_code == (404 if before else 200)
    url += "reconciliation/"
    assert finance.get(url, {"after": before}).status_code == 200


@pytest.mark.django_db
def test_comparing_is_a_press_and_looking_changes_nothing(
    event: Event, finance: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr("losers_lounge.doorbell.ring", rung.append)
    url = f"/donations/{event.slug}/reconciliation/"

    finance.get(url)
    assert rung == []
    answer = finance.post(url, follow=True)

    assert rung == ["donations.tasks.reconcile"]
    assert "Comparing with Stripe" in answer.content.decode()
    assert 'hx-trigger="every 2s"' in answer.content.decode()


@pytest.fixture
def discrepancy(event: Event, stand_in: StandIn) -> Discrepancy:
    stray_entry()
    reconciliation.reconcile("", at=timezone.now())
    return Discrepancy.objects.differences().get()


@pytest.mark.django_db
def test_a_discrepancy_is_explained_by_a_person_with_a_reason(
    event: Event, discrepancy: Discrepancy, finance: Client
) -> None:
    url = f"/donations/{event.slug}/reconciliation/"
    assert "txn_stray" in finance.get(url).content.decode()

    refused = finance.post(f"{url}{discrepancy.pk}/explain/", {"reason": "  "})
    assert refused.status_code == 422
    assert "required" in refused.content.decode()
    finance.post(f"{url}{discrepancy.pk}/explain/", {"reason": "A test of the till."})

    discrepancy.refresh_from_db()
    assert discrepancy.reason == "A test of the till."
    assert Activity.objects.get(event=event).object_name == "txn_stray"


@pytest.mark.django_db
def test_a_discrepancy_of_another_account_is_not_found(
    discrepancy: Discrepancy,
) -> None:
    other = make_event(charity=make_charity(stripe_account_id="acct_else"))
    client = signed_in(make_member(other, "finance"))
    url = f"/donations/{other.slug}/reconciliation/{discrepancy.pk}/explain/"

    assert client.post(url, {"reason": "Mine"}).status_code == 404


@pytest.mark.django_db
def test_webhooks_given_up_are_seen_and_tried_again(
    event: Event, finance: Client
) -> None:
    now = timezone.now()
    row = StripeEvent.objects.create(
        event_id="evt_1",
        type="charge.refunded",
        livemode=False,
        payload="{}",
        occurred_at=now,
        received_at=now,
        not_before=now,
        state=StripeEvent.State.DEAD,
    )
    url = f"/donations/{event.slug}/reconciliation/"
    assert "1 message was given up" in finance.get(url).content.decode()

    finance.post(f"{url}webhooks/")

    row.refresh_from_db()
    assert row.state == StripeEvent.State.NEW
    assert "given up" not in finance.get(url).content.decode()


@pytest.mark.django_db
def test_a_receipt_of_another_event_is_not_found(
    event: Event, finance: Client, stand_in: StandIn
) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    number = settlement.settle(donation.pk).receipts.get().number

    answer = finance.get(f"/donations/{event.slug}/receipts/{number}/")

    assert answer.status_code == 404


@pytest.mark.django_db
def test_a_void_receipt_says_so_and_names_the_next(
    event: Event, receipt: Receipt, stand_in: StandIn, finance: Client
) -> None:
    stand_in.refund(receipt.donation.payment_intent_id, 100)
    settlement.settle(receipt.donation_id)

    page = finance.get(f"/donations/{event.slug}/receipts/{receipt.number}/")

    words = page.content.decode()
    assert "Void" in words and "Replaced by" in words


@pytest.mark.django_db
def test_the_total_is_public_only_if_the_host_opened_it(
    anonymous: Client, host: Client, event: Event
) -> None:
    for url in (f"/total/{event.slug}/", f"/total/{event.slug}.json"):
        assert anonymous.get(url).status_code == 404
        assert host.get(url).status_code == 404
    event.total_is_public = True
    event.save()
    for url in (f"/total/{event.slug}/", f"/total/{event.slug}.json"):
        assert anonymous.get(url).status_code == 200
        assert anonymous.post(url).status_code == 405


@pytest.mark.django_db
def test_the_public_total_is_the_dashboards(
    event: Event, receipt: Receipt, anonymous: Client
) -> None:
    Event.objects.update(total_is_public=True)
    reconciliation.reconcile("", at=timezone.now())

    page = anonymous.get(f"/total/{event.slug}/").content.decode()
    figures: dict[str, Any] = anonymous.get(f"/total/{event.slug}.json").json()

    now = totals.for_event(event, timezone.now())
    assert (
        format_cents(now.raised_cents) in page and format_cents(now.net_cents) in page
    )
    assert "Equals Stripe to the cent" in page and "Tina Fey" not in page
    assert figures["raised_cents"] == 100_000
    assert figures["net_cents"] == now.net_cents
    assert figures["equals_stripe"] is True


@pytest.mark.django_db
def test_the_public_hears_of_no_difference_before_it_is_explained(
    event: Event, discrepancy: Discrepancy, anonymous: Client, finance: Client
) -> None:
    Event.objects.update(total_is_public=True)

    public = anonymous.get(f"/total/{event.slug}/").content.decode()
    inside = finance.get(f"/donations/{event.slug}/").content.decode()

    assert "Being reconciled" in public and "Differs" not in public
    assert "Differs from Stripe" in inside
