"""What Stripe lists: events for thirty days, and everything else for ever."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from donations.stripe_gateway.answers import read_event
from donations.stripe_gateway.client import client, named_errors, options
from donations.stripe_gateway.records import VerifiedEvent

PAGE = 100
# Stripe takes no more in one question.
MOST_TYPES = 20
KINDS = ("checkout.session", "payment_intent", "refund", "dispute", "payout")
IDS = (
    "id",
    "object",
    "status",
    "client_reference_id",
    "metadata",
    "payment_intent",
    "charge",
)

Listed = dict[str, Any]


def events(
    since: datetime, *, account: str, types: tuple[str, ...] = ()
) -> Iterator[VerifiedEvent]:
    """Every event of these types since then (of all types, if none is named).

    Newest first, page by page; Stripe forgets them after thirty days.
    """
    asked = [types[n : n + MOST_TYPES] for n in range(0, len(types), MOST_TYPES)]
    for some in asked or [()]:
        params: dict[str, Any] = {
            "created": {"gte": int(since.timestamp())},
            "limit": PAGE,
        }
        if some:
            params["types"] = list(some)
        with named_errors():
            page = client().v1.events.list(params, options(account))
            for event in page.auto_paging_iter():
                yield read_event(event, account)


def objects(kind: str, since: datetime, *, account: str) -> Iterator[Listed]:
    """Every object of one of KINDS created since then, with its ids and status.

    In the form in which an event would name it; newest first, page by page.
    """
    v1 = client().v1
    lists = {
        "checkout.session": v1.checkout.sessions.list,
        "payment_intent": v1.payment_intents.list,
        "refund": v1.refunds.list,
        "dispute": v1.disputes.list,
        "payout": v1.payouts.list,
    }
    params = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
    with named_errors():
        for found in lists[kind](params, options(account)).auto_paging_iter():
            whole = found.to_dict(for_json=True)
            yield {name: whole[name] for name in IDS if name in whole}
