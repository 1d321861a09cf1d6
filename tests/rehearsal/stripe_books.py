"""What Stripe has on record, read as its dashboard would show it."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.request import Request, urlopen

from django.utils import timezone

from donations import stripe_gateway
from losers_lounge.stand_in.server import StandIn

ACCOUNT = ""
LIST = "/v1/checkout/sessions?limit=100"


@dataclass(frozen=True)
class Books:
    """Sessions by attempt and state, and the sum of every movement."""

    sessions: Counter[tuple[str, str]]
    paid: Counter[str]
    gross_cents: int
    net_cents: int


def of(stand_in: StandIn) -> Books:
    # Pages on which a card is saved take no money.
    rows = [row for row in _sessions(stand_in) if row["mode"] == "payment"]
    since = timezone.now() - timedelta(days=1)
    moved = list(stripe_gateway.movements(since, account=ACCOUNT))
    by_attempt = Counter(
        (row["metadata"]["donation_id"], row["metadata"]["attempt"]) for row in rows
    )
    return Books(
        sessions=by_attempt,
        paid=Counter(
            row["client_reference_id"] for row in rows if row["status"] == "complete"
        ),
        gross_cents=sum(one.gross_cents for one in moved),
        net_cents=sum(one.net_cents for one in moved),
    )


def _sessions(stand_in: StandIn) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"has_more": True}
    while page["has_more"]:
        after = f"&starting_after={found[-1]['id']}" if found else ""
        request = Request(
            stand_in.base_url + LIST + after,
            headers={
                "Authorization": "Bearer sk_test_tests",
                "Stripe-Version": stripe_gateway.API_VERSION,
            },
        )
        with urlopen(request) as answer:
            page = json.load(answer)
        found += page["data"]
    return found
