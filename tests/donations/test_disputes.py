"""A dispute is followed from first word to last, in whatever order they come."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.utils import timezone

from donations import (
    alerts,
    disputes,
    reconciliation,
    refunds,
    returns,
    settlement,
    webhooks,
)
from donations.dispute_words import explained
from donations.models import Dispute, Donation, LedgerEntry, Pledge, StripeEvent
from donations.stripe_gateway import DisputeFacts
from events.models import Event
from losers_lounge.stand_in.faults import Fault
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def gift(event: Event, stand_in: StandIn) -> Donation:
    donation = make_donation(event)
    pay(stand_in, donation)
    return settlement.settle(donation.pk)


def hear(order: list[int] | None = None) -> None:
    """Every event that Stripe lists, in this order, each one twice."""
    at = timezone.now()
    webhooks.catch_up(at)
    rows = list(StripeEvent.objects.order_by("pk"))
    for number in order or range(len(rows)):
        StripeEvent.objects.update(state="new", not_before=at, attempts=0)
        webhooks.process(rows[number % len(rows)].pk, at=timezone.now())


def books(donation: Donation) -> dict[str, Any]:
    donation.refresh_from_db()
    entries = donation.entries.filter(kind=LedgerEntry.Kind.DISPUTE)
    return {
        "state": donation.state,
        "kept": donation.kept_cents,
        "moved": sum(entries.values_list("net_cents", flat=True)),
        "valid": list(donation.receipts.valid().values_list("amount_cents", flat=True)),
    }


@pytest.mark.parametrize(
    ("amount", "words", "found"),
    [
        (None, [], ("disputed", 100_000, -101_500, [100_000], "open")),
        (None, ["under_review"], ("disputed", 100_000, -101_500, [100_000], "open")),
        (None, ["won"], ("paid", 100_000, -1_500, [100_000], "won")),
        (None, ["lost"], ("charged_back", 0, -101_500, [], "lost")),
        (40_000, ["lost"], ("partially_refunded", 60_000, -41_500, [60_000], "lost")),
        (40_000, ["won"], ("paid", 100_000, -1_500, [100_000], "won")),
        (None, ["prevented"], ("charged_back", 0, -101_500, [], "lost")),
        (
            None,
            ["lost", "appeal_under_review", "won"],
            ("paid", 100_000, -1_500, [100_000], "won"),
        ),
    ],
)
def test_each_end_of_a_dispute_is_in_the_books(
    gift: Donation,
    stand_in: StandIn,
    amount: int | None,
    words: list[str],
    found: tuple[Any, ...],
) -> None:
    opened = stand_in.issuer.dispute(gift.payment_intent_id, amount)
    for word in words:
        stand_in.issuer.decide(opened["id"], word)
    hear()

    row = gift.disputes.get()
    now = books(gift)
    assert (now["state"], now["kept"], now["moved"]) == found[:3]
    # The receipt of what was lost and won again has another number.
    assert now["valid"] == found[3]
    assert row.outcome == found[4]
    assert (row.ended_at is None) == (row.outcome == Dispute.Outcome.OPEN)
    assert (
        gift.rewards.exclude(state__in=["requested", "on_hold", "stopped"]).count() == 0
    )
    assert reconciliation.reconcile("", at=timezone.now()).difference_cents == 0


def test_an_inquiry_takes_nothing_and_may_be_refunded(
    gift: Donation, stand_in: StandIn, event: Event
) -> None:
    asked = stand_in.issuer.dispute(gift.payment_intent_id, is_inquiry=True)
    hear()
    open_now = [row.pk for row in disputes.open_ones(event)]
    before, why_not = books(gift), refunds.why_not(gift)
    told = alerts.alerts(event, timezone.now())
    stand_in.issuer.decide(asked["id"], "warning_closed")
    hear()

    row = gift.disputes.get()
    assert open_now == [row.pk] and not why_not
    assert (before["state"], before["moved"]) == ("paid", 0)
    assert "evidence is due in" in told[0].words and gift.public_id in told[0].url
    assert (row.outcome, books(gift)["state"]) == ("closed", "paid")
    assert not disputes.open_ones(event)


@pytest.mark.parametrize("state", ["refused", "failed"])
def test_a_donor_s_own_full_stop_ends_the_sentence(
    gift: Donation, event: Event, state: str
) -> None:
    type(gift).objects.filter(pk=gift.pk).update(donor_name="Robert Downey Jr.")
    at = timezone.now()
    gift.refunds.create(amount_cents=100, state=state, created_at=at)
    (told,) = alerts.alerts(event, at)
    assert "Robert Downey Jr" in told.words and ".." not in told.words


def test_no_order_of_its_events_leads_elsewhere(
    gift: Donation, stand_in: StandIn
) -> None:
    opened = stand_in.issuer.dispute(gift.payment_intent_id)
    stand_in.issuer.decide(opened["id"], "lost")
    hear()
    wanted = books(gift)
    total = StripeEvent.objects.count()
    last = range(total - 3, total)
    for order in list(permutations(last))[1::2]:
        hear(list(order))
        assert books(gift) == wanted
    assert gift.disputes.count() == 1
    assert gift.receipts.count() == 1


def test_a_dispute_that_no_gift_explains_is_kept_and_booked(
    gift: Donation, stand_in: StandIn
) -> None:
    stray = make_donation(gift.event)
    session_id = pay(stand_in, stray)
    intent_id = stand_in.pay(session_id)["payment_intent"]
    opened = stand_in.issuer.dispute(intent_id)
    Donation.objects.filter(pk=stray.pk).update(public_id="elsewhere")

    is_ours = disputes.settle("", opened["id"], at=timezone.now())

    row = Dispute.objects.get()
    assert (is_ours, row.donation) == (False, None)
    assert LedgerEntry.objects.get(kind="dispute").net_cents == -101_500


@pytest.mark.parametrize(
    "fault", [Fault.ERROR_500_AFTER, Fault.DROP_BEFORE, Fault.DROP_AFTER]
)
def test_evidence_whose_answer_was_lost_is_sent_once(
    gift: Donation, stand_in: StandIn, fault: Fault
) -> None:
    opened = stand_in.issuer.dispute(gift.payment_intent_id)
    hear()
    dispute, by = gift.disputes.get(), make_user("Rosa")
    stand_in.fail(fault, path="/v1/disputes/", method="POST", count=3)
    at = timezone.now()
    for _press in range(2):
        disputes.hand_over(dispute.pk, "She came.", "http://x/", by=by, at=at)
    stand_in.clear_faults()
    disputes.hand_over_owed(at + disputes.evidence.IN_FLIGHT)
    disputes.hand_over_owed(at + disputes.evidence.IN_FLIGHT)

    dispute.refresh_from_db()
    assert (dispute.evidence_state, dispute.evidence_by_name) == ("sent", str(by))
    stand_in.issuer.decide(opened["id"], "won")
    hear()
    Dispute.objects.update(evidence_state="")
    with pytest.raises(disputes.EvidenceRefused):
        disputes.hand_over(dispute.pk, "", "http://x/", by=by, at=at)


def test_a_word_that_does_not_exist_yet_counts_as_open(gift: Donation) -> None:
    at = timezone.now()
    facts = DisputeFacts(
        dispute_id="du_1",
        status="brand_new_word",
        reason="",
        amount_cents=100_000,
        currency="usd",
        charge_id="ch_1",
        payment_intent_id="pi_1",
        evidence_due_at=None,
        submissions=0,
        created_at=at,
        movements=(),
    )
    returns.record_dispute("", facts, gift, asked_at=at)
    late = replace(facts, status="lost")
    row = returns.record_dispute("", late, gift, asked_at=at - timedelta(seconds=1))

    assert (row.status, row.outcome) == ("brand_new_word", Dispute.Outcome.OPEN)
    assert explained(row.status) == "brand_new_word"
    assert not facts.is_over and late.lost_cents == 100_000


def test_the_pack_holds_what_a_bank_asks_for_and_no_guest(
    gift: Donation, stand_in: StandIn
) -> None:
    stand_in.issuer.dispute(gift.payment_intent_id)
    hear()

    Pledge.objects.create(
        event=gift.event,
        donation=gift,
        amount_cents=100_000,
        currency="usd",
        mandate_version="2013-1",
        mandate_text="If I win, charge my card $1,000.",
        agreed_at=timezone.now(),
        agreed_ip="192.0.2.7",
        last_charge_at=timezone.now(),
        created_at=timezone.now(),
    )
    text = disputes.collect(gift, "https://lounge.example/gift/").as_text()
    receipt = gift.receipts.get()

    for words in (
        "Tina Fey",
        "tina@guest.example",
        "$1,000.00",
        gift.payment_intent_id,
        receipt.number,
        "https://lounge.example/gift/",
        gift.event.charity.legal_name,
        "If I win, charge my card",
        "192.0.2.7",
    ):
        assert words in text
