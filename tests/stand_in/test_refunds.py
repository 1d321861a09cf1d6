"""Refunds and what they do to the charge and the balance."""

from typing import Any

import pytest
import stripe

from losers_lounge.stand_in.errors import ApiError
from losers_lounge.stand_in.server import StandIn


def test_a_whole_refund_gives_back_everything_but_the_fee(
    client: stripe.StripeClient, paid: Any
) -> None:
    refund = client.v1.refunds.create(
        {"payment_intent": paid.id, "expand": ["balance_transaction", "charge"]}
    )

    assert (refund.status, refund.amount) == ("succeeded", 100_000)
    assert refund.balance_transaction.net == -100_000
    assert refund.charge.refunded
    held = client.v1.balance.retrieve()
    assert held.available[0].amount + held.pending[0].amount == -2_930


def test_a_refund_in_parts_ends_when_all_is_given_back(
    client: stripe.StripeClient, paid: Any
) -> None:
    charge_id = paid.latest_charge.id
    client.v1.refunds.create({"charge": charge_id, "amount": 40_000})

    with pytest.raises(stripe.InvalidRequestError) as too_much:
        client.v1.refunds.create({"charge": charge_id, "amount": 60_001})
    client.v1.refunds.create({"charge": charge_id, "amount": 60_000})
    with pytest.raises(stripe.InvalidRequestError) as again:
        client.v1.refunds.create({"charge": charge_id})

    assert too_much.value.param == "amount"
    assert again.value.code == "charge_already_refunded"
    assert client.v1.charges.retrieve(charge_id).amount_refunded == 100_000


def test_a_refund_in_the_dashboard_is_seen_by_the_app(
    client: stripe.StripeClient, stand_in: StandIn, paid: Any
) -> None:
    refund = stand_in.refund(paid.id, 2_500)

    listed = client.v1.refunds.list({"payment_intent": paid.id})

    assert [found.id for found in listed.data] == [refund["id"]]
    assert client.v1.refunds.retrieve(refund["id"]).amount == 2_500


def test_a_refund_reports_what_changed(client: stripe.StripeClient, paid: Any) -> None:
    client.v1.refunds.create({"payment_intent": paid.id, "amount": 2_500})

    types = [event.type for event in client.v1.events.list({"limit": 3}).data]
    (refunded,) = client.v1.events.list({"type": "charge.refunded"}).data

    assert types == ["refund.updated", "refund.created", "charge.refunded"]
    assert refunded.data.object.amount_refunded == 2_500
    assert refunded.data.previous_attributes.to_dict() == {"amount_refunded": 0}


def test_what_was_not_paid_is_not_refunded(
    client: stripe.StripeClient, stand_in: StandIn, open_session: Any
) -> None:
    declined = stand_in.decline(open_session().id)["payment_intent"]
    charge = client.v1.payment_intents.retrieve(declined).latest_charge

    with pytest.raises(stripe.InvalidRequestError) as by_intent:
        client.v1.refunds.create({"payment_intent": declined})
    with pytest.raises(stripe.InvalidRequestError) as by_charge:
        client.v1.refunds.create({"charge": charge})

    assert by_intent.value.code == "payment_intent_unexpected_state"
    assert by_charge.value.code == "charge_not_refundable"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({}, "payment_intent"),
        ({"payment_intent": "pi_nobody"}, "payment_intent"),
        ({"charge": "ch_nobody"}, "charge"),
        ({"payment_intent": "pi_nobody", "reason": "whim"}, "reason"),
        ({"payment_intent": "pi_nobody", "reverse_transfer": True}, "reverse_transfer"),
    ],
)
def test_a_refund_of_nothing_is_refused(
    client: stripe.StripeClient, params: dict[str, Any], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create(params)

    assert refusal.value.param == param


def test_a_refund_of_less_than_one_cent_is_refused(
    client: stripe.StripeClient, paid: Any
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": paid.id, "amount": 0})

    assert refusal.value.param == "amount"


def test_a_refund_comes_back_once(
    client: stripe.StripeClient, stand_in: StandIn, paid: Any
) -> None:
    refund = stand_in.refund(paid.id, 2_500)
    stand_in.issuer.end_refund(refund["id"], "failed")

    with pytest.raises(ApiError):
        stand_in.issuer.end_refund(refund["id"], "failed")

    assert client.v1.charges.retrieve(refund["charge"]).amount_refunded == 0
