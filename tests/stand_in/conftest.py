"""A stand-in, the ordinary client, and an endpoint that takes webhooks."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe

from losers_lounge.stand_in.server import StandIn
from tests.stripe_wire import answers
from tests.stripe_wire.witness import Witness

KEY = "sk_test_tests"


class WatchedClient(stripe.RequestsClient):
    """The library's own HTTP client, with a note of every answer it got."""

    def __init__(self) -> None:
        super().__init__(timeout=5)
        self.answers: list[tuple[int, str, dict[str, str]]] = []

    def request(self, *args: Any, **options: Any) -> Any:
        body, status, headers = super().request(*args, **options)
        self.answers.append((status, body, dict(headers)))
        return body, status, headers


@dataclass
class Endpoint:
    """Where webhooks arrive; answers them as it is told."""

    url: str = ""
    status: int = 200
    received: list[tuple[bytes, str]] = field(default_factory=list)

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"] for body, _ in self.received]


@pytest.fixture(autouse=True)
def _asks_what_the_app_would_not(wire_witness: Witness) -> Iterator[None]:
    """Here the stand-in's own refusals are tested; its answers are judged as ever."""
    wire_witness.judges_requests = False
    yield
    wire_witness.judges_requests = True


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture
def wire() -> Iterator[WatchedClient]:
    watched = WatchedClient()
    yield watched
    watched.close()


@pytest.fixture
def client(stand_in: StandIn, wire: WatchedClient) -> stripe.StripeClient:
    return client_of(stand_in, wire)


def client_of(
    stand_in: StandIn, wire: WatchedClient, key: str = KEY
) -> stripe.StripeClient:
    return stripe.StripeClient(
        key, base_addresses={"api": stand_in.base_url}, http_client=wire
    )


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A listening endpoint, not yet known to the stand-in."""
    taken = Endpoint()

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.received.append((body, self.headers["Stripe-Signature"]))
            self.send_response(taken.status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    taken.url = f"http://127.0.0.1:{server.server_port}/hook/"
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    yield taken
    server.shutdown()
    server.server_close()
    events = [json.loads(body) for body, _ in taken.received]
    assert [found for event in events for found in answers.violations(event)] == []


def session_params(**changes: Any) -> dict[str, Any]:
    """What the app asks for when a winner pays."""
    return {
        "mode": "payment",
        "submit_type": "donate",
        "client_reference_id": "donation-1",
        "customer_email": "winner@example.org",
        "line_items": [line_item(100_000)],
        "metadata": {"donation_id": "donation-1"},
        "payment_intent_data": {"metadata": {"donation_id": "donation-1"}},
        "adaptive_pricing": {"enabled": False},
        "success_url": "https://lounge.example/return/?cs={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://lounge.example/cancelled/",
        "expires_at": int(time.time()) + 31 * 60,
    } | changes


def line_item(amount: int, currency: str = "usd") -> dict[str, Any]:
    return {
        "quantity": 1,
        "price_data": {
            "currency": currency,
            "unit_amount": amount,
            "product_data": {"name": "Donation to Worldwide Orphans"},
        },
    }


@pytest.fixture
def open_session(client: stripe.StripeClient) -> Callable[..., Any]:
    def opened(options: dict[str, Any] | None = None, **changes: Any) -> Any:
        return client.v1.checkout.sessions.create(session_params(**changes), options)

    return opened


@pytest.fixture
def paid(
    stand_in: StandIn, client: stripe.StripeClient, open_session: Callable[..., Any]
) -> Any:
    """A payment intent that has succeeded, with its charge and money expanded."""
    session = stand_in.pay(open_session().id)
    return client.v1.payment_intents.retrieve(
        session["payment_intent"], {"expand": ["latest_charge.balance_transaction"]}
    )
