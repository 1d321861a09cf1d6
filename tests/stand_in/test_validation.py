"""Requests judged by the pinned client's own parameter types."""

from typing import Any

import pytest
import stripe
from stripe.params import RefundListParams, checkout

from losers_lounge.stand_in import wire
from losers_lounge.stand_in.errors import ApiError
from losers_lounge.stand_in.routes import ROUTES
from losers_lounge.stand_in.validation import checked, fields_of


def refusal_of(encoded: str) -> ApiError:
    with pytest.raises(ApiError) as refusal:
        checked(checkout.SessionCreateParams, wire.decode(encoded))
    return refusal.value


@pytest.mark.parametrize(
    ("encoded", "code", "param"),
    [
        ("colour=red", "parameter_unknown", "colour"),
        ("payment_method_types[0]=card", "parameter_unknown", "payment_method_types"),
        ("idempotency_key=k", "parameter_unknown", "idempotency_key"),
        (
            "line_items[0][colour]=red",
            "parameter_unknown",
            "line_items[0][colour]",
        ),
        (
            "line_items[0][price_data][unit_amount]=1",
            "parameter_missing",
            "line_items[0][price_data][currency]",
        ),
        ("expires_at=soon", "parameter_invalid_integer", "expires_at"),
        ("expires_at=1.5", "parameter_invalid_integer", "expires_at"),
        ("cancel_url=", "parameter_invalid_empty", "cancel_url"),
        ("ui_mode=hosted", None, "ui_mode"),
        ("adaptive_pricing[enabled]=no", None, "adaptive_pricing[enabled]"),
        ("adaptive_pricing=false", None, "adaptive_pricing"),
        ("line_items=x", None, "line_items"),
        ("line_items[a]=x", None, "line_items"),
        ("metadata=x", None, "metadata"),
        ("metadata[a][b]=x", None, "metadata[a]"),
        (f"metadata[{'k' * 41}]=x", None, f"metadata[{'k' * 41}]"),
        (f"metadata[k]={'x' * 501}", None, "metadata[k]"),
        ("mode[a]=payment", None, "mode"),
        ("mode=payment&mode[a]=b", None, "mode[a]"),
        ("mode[a]=b&mode=payment", None, "mode"),
        ("=x", None, ""),
        (
            "line_items[0][price_data][currency]=usd"
            "&line_items[0][price_data][unit_amount_decimal]=x",
            None,
            "line_items[0][price_data][unit_amount_decimal]",
        ),
    ],
)
def test_what_the_types_do_not_allow_is_refused_by_name(
    encoded: str, code: str | None, param: str
) -> None:
    refusal = refusal_of(encoded)

    assert refusal.status == 400
    assert refusal.code == code
    assert refusal.param == param


def test_metadata_has_at_most_fifty_keys() -> None:
    many = "&".join(f"metadata[k{number}]=x" for number in range(51))

    assert refusal_of(many).param == "metadata"


def test_values_come_out_in_their_types() -> None:
    tree = wire.decode("created[gte]=5&limit=3&expand[]=a&expand[]=b&charge=ch_1")

    assert checked(RefundListParams, tree) == {
        "created": {"gte": 5},
        "limit": 3,
        "expand": ["a", "b"],
        "charge": "ch_1",
    }
    assert checked(RefundListParams, wire.decode("created=5")) == {"created": 5}


def test_metadata_keys_stay_text_even_if_they_are_numbers() -> None:
    tree = wire.decode("metadata[0]=a")

    assert checked(checkout.SessionCreateParams, tree) == {"metadata": {"0": "a"}}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.params.__name__)
def test_every_route_has_types_that_can_be_read(route: Any) -> None:
    names = fields_of(route.params).keys()

    assert "expand" in names
    assert names.isdisjoint(stripe.RequestOptions.__annotations__)


def test_the_client_is_told_of_an_unknown_parameter(
    client: stripe.StripeClient,
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.list({"colour": "red"})

    assert (refusal.value.code, refusal.value.param) == ("parameter_unknown", "colour")
