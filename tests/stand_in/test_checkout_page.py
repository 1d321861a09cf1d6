"""The hosted page, as a browser without JavaScript meets it."""

import re
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
import stripe

from losers_lounge.stand_in.server import StandIn
from tests.stand_in.conftest import session_params

Opener = Callable[..., Any]


@dataclass
class Page:
    status: int
    html: str
    location: str | None


class StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


BROWSER = urllib.request.build_opener(StayHere, urllib.request.ProxyHandler({}))


def visit(url: str, **form: str) -> Page:
    """GET the page, or POST the form if one is given; redirects are shown."""
    data = urlencode(form).encode() if form else None
    try:
        with BROWSER.open(url, data, timeout=5) as answer:
            return Page(answer.status, answer.read().decode(), None)
    except urllib.error.HTTPError as answer:
        with answer:
            html = answer.read().decode()
        return Page(answer.code, html, answer.headers["Location"])


def test_the_page_says_who_is_paid_how_much_and_by_whom(open_session: Opener) -> None:
    page = visit(open_session().url)

    assert page.status == 200
    for words in (
        "Pay Worldwide Orphans",
        "Donation to Worldwide Orphans",
        "winner@example.org",
        ">Pay $1,000.00</button>",
        ">Decline the card</button>",
        '<a href="https://lounge.example/cancelled/">Cancel and go back</a>',
    ):
        assert words in page.html


def test_the_page_fetches_nothing_and_runs_nothing(open_session: Opener) -> None:
    html = visit(open_session().url).html

    assert "<script" not in html
    assert re.findall(r'(?:src|href|action)="(?!data:|https://lounge)', html) == []


def test_paying_leads_back_with_the_session_in_the_address(
    client: stripe.StripeClient, open_session: Opener
) -> None:
    session = open_session()

    page = visit(session.url, action="pay")

    assert page.status == 303
    assert page.location == f"https://lounge.example/return/?cs={session.id}"
    found = client.v1.checkout.sessions.retrieve(session.id)
    assert found.payment_status == "paid"


def test_looking_at_the_page_changes_nothing(
    client: stripe.StripeClient, open_session: Opener
) -> None:
    session = open_session()

    visit(session.url)
    visit(f"{session.url}?action=pay")

    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert client.v1.events.list().data == []


def test_a_second_press_pays_no_second_time(
    client: stripe.StripeClient, open_session: Opener
) -> None:
    session = open_session()

    first, second = (visit(session.url, action="pay") for _ in range(2))

    assert first.location == second.location
    assert len(client.v1.charges.list().data) == 1


def test_a_declined_card_is_told_and_another_may_be_tried(
    open_session: Opener,
) -> None:
    session = open_session()

    declined = visit(session.url, action="decline")
    page = visit(session.url)

    assert (declined.status, declined.location) == (303, f"/c/pay/{session.id}")
    assert 'role="alert">Your card was declined. Try another card.<' in page.html
    assert ">Pay $1,000.00</button>" in page.html
    assert visit(session.url, action="pay").status == 303


def test_an_unknown_donor_is_asked_for_an_address(
    client: stripe.StripeClient,
) -> None:
    params = session_params()
    del params["customer_email"]
    session = client.v1.checkout.sessions.create(params)

    asked = visit(session.url)
    refused = visit(session.url, action="pay", email="nobody")
    paid = visit(session.url, action="pay", email="new@example.org")

    assert '<label for="email">E-mail</label>' in asked.html
    assert (refused.status, paid.status) == (200, 303)
    assert 'role="alert">Please enter an e-mail address' in refused.html
    found = client.v1.checkout.sessions.retrieve(session.id)
    assert found.customer_details.email == "new@example.org"


def test_a_paid_page_offers_the_way_back_and_no_button(
    stand_in: StandIn, open_session: Opener
) -> None:
    session = open_session()
    stand_in.pay(session.id)

    page = visit(session.url)

    assert page.status == 200
    assert "<button" not in page.html
    assert f"https://lounge.example/return/?cs={session.id}" in page.html


def test_an_expired_page_takes_no_money(
    client: stripe.StripeClient, open_session: Opener
) -> None:
    session = open_session()
    client.v1.checkout.sessions.expire(session.id)

    for page in (visit(session.url), visit(session.url, action="pay")):
        assert "This payment page has expired" in page.html
        assert "<button" not in page.html
    assert client.v1.charges.list().data == []


def test_an_unknown_page_is_not_found(stand_in: StandIn) -> None:
    assert visit(f"{stand_in.base_url}/c/pay/cs_test_nobody").status == 404


def test_what_the_merchant_writes_is_shown_as_text(open_session: Opener) -> None:
    item = {
        "quantity": 2,
        "price_data": {
            "currency": "usd",
            "unit_amount": 500,
            "product_data": {"name": "<b>Bold</b>"},
        },
    }

    html = visit(open_session(line_items=[item]).url).html

    assert "&lt;b&gt;Bold&lt;/b&gt; × 2" in html
    assert "<b>" not in html


@pytest.mark.parametrize("part", ["default-src 'none'", "frame-ancestors 'none'"])
def test_the_page_may_load_nothing(open_session: Opener, part: str) -> None:
    with BROWSER.open(open_session().url, timeout=5) as answer:
        assert part in answer.headers["Content-Security-Policy"]
