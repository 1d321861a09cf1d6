"""One comparison: fetch, enter what is missing, then hold both sides together."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from donations import ledger, settlement, stripe_gateway
from donations.discrepancies import GONE
from donations.models import Discrepancy, Donation, LedgerEntry, Reconciliation
from donations.reconciliation import findings
from donations.reconciliation.findings import Finding
from donations.stripe_gateway import StripeError
from events.models import Charity

logger = structlog.get_logger(__name__)

OVERLAP = timedelta(days=3)
CHUNK = 100

Cents = tuple[int, int, int]  # gross, fee, net


@dataclass
class Books:
    """Both sides of one comparison, by balance transaction."""

    stripe: dict[str, Cents] = field(default_factory=dict)
    ledger: dict[str, Cents] = field(default_factory=dict)
    imported: int = 0


def accounts() -> list[str]:
    """Every Stripe account that holds money of an event here."""
    charities = Charity.objects.filter(events__isnull=False)
    return sorted(
        set(charities.values_list("stripe_account_id", flat=True))
        | set(Donation.objects.values_list("stripe_account", flat=True).distinct())
    )


def reconcile_all(
    *, at: datetime, since: datetime | None = None
) -> list[Reconciliation]:
    """Reconcile each account; one that Stripe does not answer for is left as it was."""
    done = []
    for account in accounts():
        try:
            done.append(reconcile(account, at=at, since=since))
        except StripeError as error:
            logger.error("reconcile_failed", account=account, error=str(error))
    return done


def reconcile(
    account: str, *, at: datetime, since: datetime | None = None
) -> Reconciliation:
    """Compare one account with Stripe and write down the verdict.

    `since` looks further back than the last checkpoint. Raises StripeError when
    Stripe could not be asked to the end: then there is no verdict.
    """
    since = (since or checkpoint(account, at)).replace(microsecond=0)
    # What the ledger holds now, Stripe must list now; what arrives while the pages
    # are read is the next comparison's.
    before = set(_entries(account, since))
    books = _fetch(account, since, at)
    entries = _entries(account, since)
    seen = before | books.stripe.keys()
    books.ledger = {key: cents for key, cents in entries.items() if key in seen}
    donation_ids = findings.concerned(account, since)
    _settle_what_disagrees(donation_ids, at)
    found = findings.in_books(account, books.stripe, books.ledger, before)
    found += findings.in_donations(donation_ids)
    return _write(account, since, at, books, found, donation_ids)


def checkpoint(account: str, at: datetime) -> datetime:
    """From where Stripe is asked again: the last comparison, and three days more."""
    last = Reconciliation.objects.filter(account=account).first()
    if last is not None:
        return last.high_water_at - OVERLAP
    first = Donation.objects.for_account(account).order_by("created_at").first()
    return (first.created_at if first else at) - OVERLAP


def _entries(account: str, since: datetime) -> dict[str, Cents]:
    entries = LedgerEntry.objects.from_stripe().filter(
        account=account, occurred_at__gte=since
    )
    rows = entries.values_list(
        "balance_transaction_id", "gross_cents", "fee_cents", "net_cents"
    )
    return {key: (gross, fee, net) for key, gross, fee, net in rows}


def _fetch(account: str, since: datetime, at: datetime) -> Books:
    books = Books()
    movements = stripe_gateway.movements(since, account=account)
    while chunk := list(islice(movements, CHUNK)):
        books.imported += ledger.book(account, chunk, at=at)
        for movement in chunk:
            books.stripe[movement.balance_transaction_id] = (
                movement.gross_cents,
                movement.fee_cents,
                movement.net_cents,
            )
    return books


def _settle_what_disagrees(donation_ids: set[int], at: datetime) -> None:
    """A refund made at Stripe, a payment whose webhook was lost: fetch them now."""
    for donation_id in findings.disagreeing(donation_ids):
        try:
            settlement.settle(donation_id, at=timezone.now())
        except StripeError as error:
            logger.warning("settle_failed", donation_pk=donation_id, error=str(error))


@transaction.atomic
def _write(
    account: str,
    since: datetime,
    at: datetime,
    books: Books,
    found: list[Finding],
    donation_ids: set[int],
) -> Reconciliation:
    stripe_cents, ledger_cents = _sums(books.stripe), _sums(books.ledger)
    run = Reconciliation(
        account=account,
        since=since,
        high_water_at=at,
        started_at=at,
        finished_at=timezone.now(),
        imported=books.imported,
        stripe_entries=len(books.stripe),
        ledger_entries=len(books.ledger),
        verdict=Reconciliation.Verdict.MATCHED,
    )
    run.stripe_gross_cents, run.stripe_fee_cents, run.stripe_net_cents = stripe_cents
    run.ledger_gross_cents, run.ledger_fee_cents, run.ledger_net_cents = ledger_cents
    run.save()
    _list(run, found)
    _close_what_is_gone(run, found, books, donation_ids)
    if stripe_cents != ledger_cents or _open(account).exists():
        run.verdict = Reconciliation.Verdict.DIFFERS
        run.save(update_fields=["verdict"])
        logger.error("reconciliation_differs", account=account, run=run.pk)
    return run


def _list(run: Reconciliation, found: list[Finding]) -> None:
    """Each is listed once; one that a person has explained stays explained."""
    rows = [
        Discrepancy(
            account=run.account,
            kind=finding.kind,
            subject=finding.subject,
            cents=finding.cents,
            found_in=run,
            found_at=run.finished_at,
        )
        for finding in found
    ]
    Discrepancy.objects.bulk_create(rows, ignore_conflicts=True)
    for finding in found:
        Discrepancy.objects.filter(
            account=run.account,
            kind=finding.kind,
            subject=finding.subject,
            cents=finding.cents,
            reason=GONE,
        ).update(closed_at=None, reason="", found_in=run)


def _close_what_is_gone(
    run: Reconciliation, found: list[Finding], books: Books, donation_ids: set[int]
) -> None:
    looked_at = books.stripe.keys() | books.ledger.keys()
    looked_at |= set(
        Donation.objects.filter(pk__in=donation_ids).values_list("public_id", flat=True)
    )
    current = {(finding.kind, finding.subject, finding.cents) for finding in found}
    for row in _open(run.account):
        is_found = (row.kind, row.subject, row.cents) in current
        if not is_found and row.subject in looked_at:
            row.closed_at, row.reason = run.finished_at, GONE
            row.save(update_fields=["closed_at", "reason"])


def _open(account: str) -> QuerySet[Discrepancy]:
    return Discrepancy.objects.filter(account=account, closed_at=None)


def _sums(side: dict[str, Cents]) -> Cents:
    rows = side.values()
    return sum(r[0] for r in rows), sum(r[1] for r in rows), sum(r[2] for r in rows)
