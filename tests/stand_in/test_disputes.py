"""Disputes, warnings and refunds that do not arrive, asked by the real client."""

from typing import Any

import pytest
import requests
import stripe

from losers_lounge.stand_in.errors import ApiError
from losers_lounge.stand_in.server import StandIn


def _held(client: stripe.StripeClient) -> int:
    held = client.v1.balance.retrieve()
    return held.available[0].amount + held.pending[0].amount


def _types(client: stripe.StripeClient, pattern: str) -> list[str]:
    listed = client.v1.events.list({"type": pattern})
    return [event.type.removeprefix("charge.dispute.") for event in listed.data]


def test_a_dispute_takes_the_money_and_a_fee_and_won_gives_the_money_back(
    client: stripe.StripeClient, stand_in: StandIn, paid: Any
) -> None:
    opened = stand_in.issuer.dispute(paid.id)
    taken = _held(client)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": paid.id})
    sent = client.v1.disputes.update(
        opened["id"], {"evidence": {"uncategorized_text": "He came."}}
    )
    stand_in.issuer.decide(opened["id"], "won")
    (found,) = client.v1.disputes.list({"payment_intent": paid.id}).data

    assert taken == 97_070 - 101_500
    assert refusal.value.code == "charge_disputed"
    assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)
    assert (found.status, _held(client)) == ("won", 100_000 - 2_930 - 1_500)
    assert [row.net for row in found.balance_transactions] == [-101_500, 100_000]
    assert _types(client, "charge.dispute.*") == [
        "closed",
        "funds_reinstated",
        "updated",
        "funds_withdrawn",
        "created",
    ]


def test_an_inquiry_takes_nothing_until_it_becomes_a_dispute(
    client: stripe.StripeClient, stand_in: StandIn, paid: Any
) -> None:
    asked = stand_in.issuer.dispute(paid.id, 40_000, is_inquiry=True)
    before = _held(client)
    client.v1.refunds.create({"payment_intent": paid.id, "amount": 1_000})
    stand_in.issuer.decide(asked["id"], "needs_response")
    closed = client.v1.disputes.close(asked["id"])

    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.update(asked["id"], {"evidence": {"customer_name": "T"}})
    assert before == 97_070
    assert (closed.status, _held(client)) == ("lost", 97_070 - 1_000 - 41_500)
    entry = client.v1.balance_transactions.list(
        {"limit": 1, "expand": ["data.source"]}
    ).data[0]
    assert (entry.type, entry.reporting_category) == ("adjustment", "dispute")
    assert (entry.source.id, entry.source.charge) == (
        asked["id"],
        paid.latest_charge.id,
    )


@pytest.mark.parametrize(
    "evidence", [{"receipt": "file_1"}, {"customer_name": "x" * 20_001}]
)
def test_evidence_that_stripe_would_not_take_is_refused(
    client: stripe.StripeClient,
    stand_in: StandIn,
    paid: Any,
    evidence: dict[str, str],
) -> None:
    opened = stand_in.issuer.dispute(paid.id)

    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.update(opened["id"], {"evidence": evidence})


@pytest.mark.parametrize(
    ("fate", "end", "held"),
    [
        ("pending", "succeeded", 72_070),
        ("pending", "failed", 97_070),
        ("waiting", "succeeded", 72_070),
        ("waiting", "canceled", 97_070),
    ],
)
def test_a_refund_on_its_way_arrives_or_comes_back(
    client: stripe.StripeClient,
    stand_in: StandIn,
    paid: Any,
    fate: str,
    end: str,
    held: int,
) -> None:
    stand_in.issuer.hold_refunds(paid.id, fate)
    refund = client.v1.refunds.create({"payment_intent": paid.id, "amount": 25_000})
    waiting = _held(client)
    stand_in.issuer.end_refund(refund.id, end)
    ended = client.v1.refunds.retrieve(
        refund.id,
        {"expand": ["balance_transaction", "failure_balance_transaction"]},
    )

    assert refund.status == "pending"
    assert waiting == (97_070 if fate == "waiting" else 72_070)
    assert (ended.status, _held(client)) == (end, held)
    left = client.v1.charges.retrieve(paid.latest_charge.id).amount_refunded
    assert left == (25_000 if end == "succeeded" else 0)


def test_an_early_warning_asks_for_something_until_the_money_is_back(
    client: stripe.StripeClient, stand_in: StandIn, paid: Any
) -> None:
    warned = stand_in.issuer.warn(paid.id)
    first = client.v1.radar.early_fraud_warnings.retrieve(warned["id"])
    client.v1.refunds.create({"payment_intent": paid.id})
    (listed,) = client.v1.radar.early_fraud_warnings.list().data

    assert (first.charge, first.actionable) == (paid.latest_charge.id, True)
    assert not listed.actionable
    assert "radar.early_fraud_warning.created" in _types(client, "radar.*")


def test_the_banks_page_shows_payments_and_acts_on_them(
    client: stripe.StripeClient, stand_in: StandIn, paid: Any
) -> None:
    url = f"{stand_in.base_url}/bank/"

    def press(kind: str, object_id: str, do: str) -> int:
        said = {"kind": kind, "id": object_id, "do": do}
        return requests.post(url, said, allow_redirects=False, timeout=5).status_code

    for do in ("hold", "refund", "warn"):
        assert press("payment_intent", paid.id, do) == 303
    (refund,) = client.v1.refunds.list({"payment_intent": paid.id}).data
    assert press("refund", refund.id, "failed") == 303
    assert press("payment_intent", paid.id, "inquire") == 303
    (dispute,) = client.v1.disputes.list({"payment_intent": paid.id}).data
    assert press("dispute", dispute.id, "needs_response") == 303
    assert press("payment_intent", paid.id, "refund") == 409
    assert press("dispute", "du_nobody", "won") == 404
    page = requests.get(url, timeout=5).text

    assert "$1,000.00" in page and "failed" in page and "needs_response" in page


def test_a_bank_asks_once_for_the_same_money(stand_in: StandIn, paid: Any) -> None:
    first = stand_in.issuer.dispute(paid.id, 40_000)
    with pytest.raises(ApiError):
        stand_in.issuer.dispute(paid.id)

    stand_in.issuer.decide(first["id"], "won")

    assert stand_in.issuer.dispute(paid.id)["amount"] == 100_000
