"""One page for one donation: what finance reads there, and what it may press."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from donations import disputes, history, refunds, settlement
from donations.models import Donation, Refund
from events.models import Event
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def gift(event: Event, stand_in: StandIn) -> Donation:
    donation = make_donation(event)
    pay(stand_in, donation)
    return settlement.settle(donation.pk)


def url_of(donation: Donation, rest: str = "") -> str:
    return f"/donations/{donation.event.slug}/gifts/{donation.public_id}/{rest}"


def test_the_page_tells_everything_and_the_number_of_queries_is_constant(
    gift: Donation,
    stand_in: StandIn,
    finance: Client,
    door: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    stand_in.refund(gift.payment_intent_id, 10_000)
    stand_in.issuer.warn(gift.payment_intent_id)
    settlement.settle(gift.pk)
    with django_assert_max_num_queries(40):
        page = finance.get(url_of(gift)).content.decode()
    for number in range(5):
        gift.refunds.create(
            amount_cents=100,
            state=Refund.State.FAILED,
            created_at=timezone.now(),
            refund_id=f"re_{number}",
        )
    with django_assert_max_num_queries(40):
        finance.get(url_of(gift))

    receipt = gift.receipts.valid().get()
    for words in ("Tina Fey", "$1,000.00", "$100.00", "$900.00", receipt.number):
        assert words in page
    assert "Stripe&#x27;s dashboard" in page and "What happened" in page
    assert door.get(url_of(gift)).status_code == 404


def test_within_a_second_of_stripe_s_clock_a_gift_starts_before_it_is_paid(
    gift: Donation,
) -> None:
    gift.paid_at = gift.created_at.replace(microsecond=0)
    gift.created_at = gift.paid_at.replace(microsecond=400_000)
    told = [moment.words for moment in history.of(gift)]
    assert told.index("Started") < told.index("Paid")


def test_a_refund_is_shown_with_what_follows_and_pressed_once(
    gift: Donation, stand_in: StandIn, finance: Client
) -> None:
    said = {"amount": "400", "reason": "She asked", "nonce": "n1"}
    blank = finance.get(url_of(gift, "refund/")).content.decode()
    sheet = finance.post(url_of(gift, "refund/"), said).content.decode()
    nothing_yet = Refund.objects.count()
    for _press in range(2):
        done = finance.post(url_of(gift, "refund/"), said | {"sure": "1"}, follow=True)
    too_much = finance.post(
        url_of(gift, "refund/"), said | {"amount": "600.01", "nonce": "n2", "sure": "1"}
    )

    assert "$29.30" in blank and "$29.30" in sheet
    assert "becomes void" in sheet and "$600.00" in sheet
    assert nothing_yet == 0
    assert "$400.00 given back." in done.content.decode()
    refund = Refund.objects.get()
    assert (refund.state, refund.amount_cents) == (Refund.State.SUCCEEDED, 40_000)
    gift.refresh_from_db()
    assert (gift.state, gift.kept_cents) == ("partially_refunded", 60_000)
    assert too_much.status_code == 409 and Refund.objects.count() == 1


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"amount": "0", "reason": "x", "nonce": "n"},
        {"amount": "nine", "reason": "x", "nonce": "n"},
        {"amount": "1", "reason": "", "nonce": "n"},
        {"amount": "2000", "reason": "x", "nonce": "n"},
    ],
)
def test_what_makes_no_sense_gives_nothing_back(
    gift: Donation, finance: Client, said: dict[str, str]
) -> None:
    answer = finance.post(url_of(gift, "refund/"), said)

    assert answer.status_code == 422
    assert not Refund.objects.exists()


def test_a_wish_is_granted_or_dropped_with_words(
    gift: Donation, stand_in: StandIn, finance: Client
) -> None:
    at = timezone.now()
    first = refunds.wish(gift, 10_000, "Tina Fey", at)
    again = refunds.wish(gift, 20_000, "Tina Fey", at)
    page = finance.get(url_of(gift)).content.decode()
    wordless = finance.post(
        url_of(gift, f"refunds/{first.public_id}/"), {"answer": "drop"}
    )
    finance.post(
        url_of(gift, f"refunds/{first.public_id}/"),
        {"answer": "drop", "words": "It was a gift"},
    )
    dropped = Refund.objects.get()
    other = refunds.wish(gift, 5_000, "Tina Fey", at)
    granted = finance.post(
        url_of(gift, f"refunds/{other.public_id}/"), {"answer": "grant"}, follow=True
    )

    assert again == first and "Give $200.00 back" in page
    assert wordless.status_code == 422
    assert (dropped.state, dropped.error) == (Refund.State.DROPPED, "It was a gift")
    assert "$50.00 given back." in granted.content.decode()
    gift.refresh_from_db()
    assert gift.refunded_cents == 5_000


def test_a_refund_that_came_back_is_an_alert_until_somebody_knows(
    gift: Donation, stand_in: StandIn, finance: Client
) -> None:
    stand_in.issuer.hold_refunds(gift.payment_intent_id)
    said = {"amount": "100", "reason": "x", "nonce": "n", "sure": "1"}
    pending = finance.post(url_of(gift, "refund/"), said, follow=True)
    refund = Refund.objects.get()
    stand_in.issuer.end_refund(refund.refund_id, "failed")
    settlement.settle(gift.pk)
    page = finance.get(url_of(gift)).content.decode()
    finance.post(url_of(gift, f"refunds/{refund.public_id}/seen/"))
    after = finance.get(url_of(gift)).content.decode()

    assert "on its way back" in pending.content.decode()
    gift.refresh_from_db()
    assert (gift.state, gift.refunded_cents) == ("paid", 0)
    assert sum(gift.entries.values_list("gross_cents", flat=True)) == 100_000
    assert "A refund came back" in page and "A refund came back" not in after


def test_evidence_is_read_printed_and_sent_once(
    gift: Donation, stand_in: StandIn, finance: Client, host: Client
) -> None:
    opened = stand_in.issuer.dispute(gift.payment_intent_id)
    disputes.settle("", opened["id"], at=timezone.now())
    settlement.settle(gift.pk)
    dispute = gift.disputes.get()
    page = finance.get(url_of(gift)).content.decode()
    sheet = finance.get(url_of(gift, f"disputes/{dispute.pk}/")).content.decode()
    paper = finance.get(url_of(gift, "evidence.pdf"))
    refused = finance.post(
        url_of(gift, "refund/"),
        {"amount": "1", "reason": "x", "nonce": "n", "sure": "1"},
    )
    for _press in range(2):
        finance.post(
            url_of(gift, f"disputes/{dispute.pk}/"), {"words": "She was on stage."}
        )
    after = finance.get(url_of(gift, f"disputes/{dispute.pk}/")).content.decode()
    dispute.refresh_from_db()

    assert "Evidence is due in" in page and "$15.00" in page
    assert "tina@guest.example" in sheet and "A host can read it" in sheet
    assert paper.content.startswith(b"%PDF") and paper["Content-Type"]
    assert refused.status_code == 409
    assert (dispute.evidence_state, dispute.status) == ("sent", "under_review")
    assert "She was on stage." in after and "Send to the bank" not in after
    assert dispute.evidence_due_at > timezone.now() + timedelta(days=8)
    evening = f"/events/{gift.event.slug}/gifts/{gift.public_id}/evidence/"
    assert host.get(evening).status_code == 200
    assert finance.get(evening).status_code == 404


def test_a_fraud_warning_is_looked_at_by_a_name(
    gift: Donation, stand_in: StandIn, finance: Client
) -> None:
    warned = stand_in.issuer.warn(gift.payment_intent_id)
    assert disputes.settle_warning("", warned["id"], at=timezone.now())
    page = finance.get(url_of(gift)).content.decode()
    warning = gift.fraud_warnings.get()
    wordless = finance.post(url_of(gift, f"warnings/{warning.pk}/"))
    finance.post(url_of(gift, f"warnings/{warning.pk}/"), {"words": "It is her card"})
    again = finance.post(url_of(gift, f"warnings/{warning.pk}/"), {"words": "Hm"})
    warning.refresh_from_db()

    assert "suspects fraud" in page and "A refund is suggested" in page
    assert wordless.status_code == 422 and again.status_code == 302
    assert warning.seen_words == "It is her card" and warning.seen_by is not None
