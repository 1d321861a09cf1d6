"""Write a comparison down: what was found, what is gone, and what it comes to."""

from collections.abc import Iterable, Iterator
from itertools import chain, groupby, islice

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from donations import discrepancies, invariants
from donations.discrepancies import GONE, Finding
from donations.models import Discrepancy, LedgerEntry, Reconciliation
from donations.reconciliation import findings
from donations.reconciliation.walk import Walk
from donations.stripe_gateway import Balance

logger = structlog.get_logger(__name__)

Kind = Discrepancy.Kind
CHUNK = 500
# Stripe refuses what was signed longer ago; our clock is then wrong, or theirs.
MOST_SKEW_SECONDS = 300
# Looked for in the stretch of time that was compared, by balance transaction.
OF_THE_STRETCH = (Kind.UNKNOWN_AT_STRIPE, Kind.AMOUNT_DIFFERS, Kind.FEE_DIFFERS)
# Looked for in all the books, each time.
OF_ALL_TIME = (
    Kind.BALANCE_DIFFERS,
    Kind.CHARGE_WITHOUT_DONATION,
    Kind.CHARGED_TWICE,
    Kind.DISPUTE_DIFFERS,
    Kind.DONATION_AMOUNT_DIFFERS,
    Kind.PAYMENT_NOT_BOOKED,
    Kind.REFUND_DIFFERS,
)


@transaction.atomic
def write(walk: Walk, balance: Balance) -> Reconciliation:
    """The verdict on an account: one at a time, so that none closes another's rows."""
    account = walk.account
    discrepancies.lock(account)
    run = _run(walk)
    _list(
        run,
        chain(
            walk.findings,
            findings.in_donations(account),
            findings.in_entries(account),
        ),
    )
    checks = invariants.check(account, balance, run)
    _list(run, invariants.findings_of(checks, account))
    _close_what_is_gone(run)
    run.checks = {
        "invariants": [check.as_json() for check in checks],
        "clock": _clock(walk.skew_seconds),
    }
    if _differs(run):
        run.verdict = Reconciliation.Verdict.DIFFERS
        logger.error("reconciliation_differs", account=account, run=run.pk)
    run.save(update_fields=["checks", "verdict"])
    return run


def _run(walk: Walk) -> Reconciliation:
    stripe, ledger = walk.sides.stripe, walk.sides.ledger
    return Reconciliation.objects.create(
        account=walk.account,
        since=walk.since,
        high_water_at=walk.at,
        started_at=walk.at,
        finished_at=timezone.now(),
        imported=walk.imported,
        stripe_entries=stripe.entries,
        stripe_gross_cents=stripe.gross_cents,
        stripe_fee_cents=stripe.fee_cents,
        stripe_net_cents=stripe.net_cents,
        ledger_entries=ledger.entries,
        ledger_gross_cents=ledger.gross_cents,
        ledger_fee_cents=ledger.fee_cents,
        ledger_net_cents=ledger.net_cents,
        verdict=Reconciliation.Verdict.MATCHED,
    )


def _differs(run: Reconciliation) -> bool:
    named = Discrepancy.objects.open().differences().filter(account=run.account)
    sides = (run.stripe_gross_cents, run.stripe_fee_cents, run.stripe_net_cents)
    ours = (run.ledger_gross_cents, run.ledger_fee_cents, run.ledger_net_cents)
    return sides != ours or named.exists()


def _list(run: Reconciliation, found: Iterable[Finding]) -> None:
    """Each is listed once; one that a person has explained stays explained."""
    for kind, of_a_kind in groupby(found, key=lambda finding: finding.kind):
        for chunk in _chunks(of_a_kind):
            _list_chunk(run, kind, chunk)


def _chunks(found: Iterator[Finding]) -> Iterator[list[Finding]]:
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def _list_chunk(
    run: Reconciliation, kind: Discrepancy.Kind, found: list[Finding]
) -> None:
    rows = [
        Discrepancy(
            account=run.account,
            kind=kind,
            subject=finding.subject,
            cents=finding.cents,
            found_in=run,
            found_at=run.finished_at,
        )
        for finding in found
    ]
    Discrepancy.objects.bulk_create(rows, ignore_conflicts=True)
    wanted = {(finding.subject, finding.cents) for finding in found}
    listed = Discrepancy.objects.filter(
        account=run.account, kind=kind, subject__in=[subject for subject, _ in wanted]
    )
    seen = [
        pk
        for pk, *key in listed.values_list("pk", "subject", "cents")
        if tuple(key) in wanted
    ]
    rows = Discrepancy.objects.filter(pk__in=seen)
    rows.update(found_in=run)
    rows.filter(reason=GONE).update(closed_at=None, reason="")


def _close_what_is_gone(run: Reconciliation) -> None:
    """Open ones that were looked for again, and not found."""
    booked = LedgerEntry.objects.from_stripe().filter(account=run.account)
    stretch = booked.filter(occurred_at__gte=run.since)
    looked_for = (
        Q(kind__in=OF_ALL_TIME)
        | Q(
            kind__in=OF_THE_STRETCH,
            subject__in=stretch.values("balance_transaction_id"),
        )
        | Q(
            kind=Kind.UNKNOWN_HERE,
            subject__in=booked.values("balance_transaction_id"),
        )
    )
    rows = Discrepancy.objects.open().filter(looked_for, account=run.account)
    gone = rows.exclude(found_in=run)
    gone.update(closed_at=run.finished_at, reason=GONE)


def _clock(skew_seconds: int | None) -> dict[str, int | bool | None]:
    is_right = skew_seconds is None or abs(skew_seconds) <= MOST_SKEW_SECONDS
    return {"holds": is_right, "seconds": skew_seconds}
