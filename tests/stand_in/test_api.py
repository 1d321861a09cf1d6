"""Who may ask, in which version, and what is no address at all."""

import base64
import http.client
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from losers_lounge.stand_in.server import StandIn
from tests.stand_in.conftest import KEY, WatchedClient, client_of, session_params


def ask(
    stand_in: StandIn, path: str, method: str = "GET", body: str = "", **headers: str
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(stand_in.base_url.removeprefix("http://"))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text) if text else {}


def test_a_restricted_test_key_is_as_good(
    stand_in: StandIn, wire: WatchedClient
) -> None:
    assert client_of(stand_in, wire, "rk_test_1").v1.balance.retrieve()


@pytest.mark.parametrize("key", ["sk_live_real", "pk_test_public", "nonsense"])
def test_any_other_key_is_refused(
    stand_in: StandIn, wire: WatchedClient, key: str
) -> None:
    with pytest.raises(stripe.AuthenticationError) as refusal:
        client_of(stand_in, wire, key).v1.balance.retrieve()

    assert refusal.value.http_status == 401
    assert key not in str(refusal.value)


def test_no_key_is_refused(stand_in: StandIn) -> None:
    assert ask(stand_in, "/v1/balance")[0] == 401
    assert ask(stand_in, "/v1/balance", Authorization="Basic ???")[0] == 401


def test_a_key_may_come_as_a_user_name(stand_in: StandIn) -> None:
    user = base64.b64encode(f"{KEY}:".encode()).decode()

    assert ask(stand_in, "/v1/balance", Authorization=f"Basic {user}")[0] == 200


def test_another_version_of_the_api_is_refused(stand_in: StandIn) -> None:
    status, body = ask(
        stand_in,
        "/v1/balance",
        Authorization=f"Bearer {KEY}",
        Stripe_Version="2019-01-01",
    )

    assert status == 400
    assert "2019-01-01" in body["error"]["message"]


def test_an_account_that_is_none_is_forbidden(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.PermissionError):
        client.v1.balance.retrieve(None, {"stripe_account": "charity"})


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/nothing"), ("DELETE", "/v1/balance"), ("GET", "/v1/charges/a/b")],
)
def test_an_unknown_address_is_not_found(
    stand_in: StandIn, method: str, path: str
) -> None:
    status, body = ask(stand_in, path, method, Authorization=f"Bearer {KEY}")

    assert status == 404
    assert body["error"]["type"] == "invalid_request_error"


def test_every_answer_has_a_request_id(
    client: stripe.StripeClient, wire: WatchedClient
) -> None:
    client.v1.balance.retrieve(None, {"stripe_account": "acct_charity"})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.charges.retrieve("ch_nobody")

    good, bad = (headers for _, _, headers in wire.answers)
    assert good["Request-Id"] != bad["Request-Id"] == refusal.value.request_id
    assert good["Stripe-Version"] == stripe.api_version
    assert good["Stripe-Account"] == "acct_charity"


def test_the_books_outlive_the_process(
    tmp_path: Any, wire: WatchedClient, endpoint: Any
) -> None:
    books = tmp_path / "stripe.sqlite3"
    with StandIn(path=books) as first:
        asked = session_params()
        made = client_of(first, wire).v1.checkout.sessions.create(
            asked, {"idempotency_key": "k"}
        )
        first.pay(made.id)

    with StandIn(path=books, webhook_url=endpoint.url) as second:
        client = client_of(second, wire)
        again = client.v1.checkout.sessions.create(asked, {"idempotency_key": "k"})
        paid = client.v1.checkout.sessions.retrieve(made.id)
        assert second.settle()

    assert again.id == made.id
    assert paid.payment_status == "paid"
    assert "checkout.session.completed" in endpoint.types


def test_a_body_beyond_all_measure_is_refused(stand_in: StandIn) -> None:
    headers = {"Content_Length": "9999999", "Authorization": f"Bearer {KEY}"}

    assert ask(stand_in, "/v1/refunds", "POST", **headers)[0] == 413


def test_many_clients_at_once_are_all_answered(
    client: stripe.StripeClient, open_session: Callable[..., Any]
) -> None:
    with ThreadPoolExecutor(8) as workers:
        made = list(workers.map(lambda _: open_session().id, range(40)))

    listed = client.v1.checkout.sessions.list({"limit": 100}).data
    assert {session.id for session in listed} == set(made)
