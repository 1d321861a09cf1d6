"""Stripe's own books: what moved, what was paid out, what the account holds.

A year of movements is read here. Lists are read as plain data, page by page: the
client's objects would cost more than all the rest of the comparison.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from donations.stripe_gateway.answers import Row, read_movement
from donations.stripe_gateway.client import client, named_errors, options
from donations.stripe_gateway.records import (
    Balance,
    BookPage,
    Movement,
    PayoutFacts,
    StripeUnavailable,
)

PAGE = 100
LIST = "/v1/balance_transactions"


def pages(since: datetime, *, account: str) -> Iterator[BookPage]:
    """Every movement on the account since then, newest first, a hundred a page.

    One call a page and none besides: what moved the money comes with it. Raises
    StripeError when Stripe could not be asked to the end.
    """
    return _pages({"created": {"gte": int(since.timestamp())}}, account)


def payout_pages(payout_id: str, *, account: str) -> Iterator[BookPage]:
    """The movements that a payout is made of, and the payout's own, page by page.

    StripeRefused of a manual payout: Stripe cannot say what is in it.
    """
    return _pages({"payout": payout_id}, account)


def movements(since: datetime, *, account: str) -> Iterator[Movement]:
    """Every movement on the account since then, newest first, page by page."""
    for page in pages(since, account=account):
        yield from page.movements


def fetch_payout(payout_id: str, *, account: str) -> PayoutFacts:
    """A payout as it stands now."""
    with named_errors():
        row = client().v1.payouts.retrieve(payout_id, {}, options(account))
        return PayoutFacts(
            payout_id=row.id,
            status=row.status,
            amount_cents=row.amount,
            currency=row.currency,
            is_automatic=row.automatic,
            reconciliation_status=row.reconciliation_status or "",
            failure_code=row.failure_code or "",
            livemode=row.livemode,
            created_at=_at(row.created),
            arrives_at=_at(row.arrival_date),
        )


def fetch_balance(*, account: str) -> Balance:
    """What the account holds now, by currency, settled or on its way."""
    with named_errors():
        answer = client().v1.balance.retrieve({}, options(account))
        cents: dict[str, int] = {}
        for part in [*answer.available, *answer.pending]:
            cents[part.currency] = cents.get(part.currency, 0) + part.amount
        return Balance(livemode=answer.livemode, cents=cents)


def _pages(wanted: Row, account: str) -> Iterator[BookPage]:
    asked = wanted | {"limit": PAGE, "expand": ["data.source"]}
    has_more = True
    while has_more:
        with named_errors():
            answer = client().raw_request("get", LIST, **asked, **options(account))
        try:
            rows = answer.data["data"]
            has_more = answer.data["has_more"]
            page = BookPage(
                movements=tuple(map(_movement, rows)),
                server_time=_clock(answer.headers.get("date", "")),
            )
        except (KeyError, TypeError) as error:
            raise StripeUnavailable("an answer in another shape") from error
        yield page
        if rows:
            asked["starting_after"] = rows[-1]["id"]


def _movement(row: Row) -> Movement:
    return read_movement(row, row.get("source"))


def _clock(header: str) -> datetime | None:
    """The time at Stripe, by the header of its answer."""
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except ValueError:
        return None


def _at(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)
