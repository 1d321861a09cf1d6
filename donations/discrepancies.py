"""Named exceptions: raised once, assigned to somebody, closed with a reason.

A leaf: any room of the money may raise one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext_noop as noop

from donations.models import Discrepancy
from events.models import Charity, User

logger = structlog.get_logger(__name__)

GONE = noop("No longer found by a later reconciliation")


@dataclass(frozen=True)
class Finding:
    """One disagreement. The subject is a balance transaction, a donation, a payout."""

    kind: Discrepancy.Kind
    subject: str
    cents: int


def lock(account: str) -> None:
    """Inside a transaction: one verdict on an account at a time."""
    charities = Charity.objects.select_for_update(no_key=True)
    list(charities.filter(stripe_account_id=account).order_by("pk").values_list("pk"))


@transaction.atomic
def raise_exception(
    account: str,
    kind: Discrepancy.Kind,
    subject: str,
    cents: int,
    *,
    at: datetime,
) -> Discrepancy:
    """List a disagreement by its name, once; one that had gone is opened again.

    `subject` is a balance transaction, a donation's public id or another id of
    Stripe's; `cents` how far apart the sides are. What a person has explained stays
    explained, unless it is by other cents: then it is another disagreement.
    """
    row = Discrepancy(
        account=account, kind=kind, subject=subject, cents=cents, found_at=at
    )
    Discrepancy.objects.bulk_create([row], ignore_conflicts=True)
    known = Discrepancy.objects.filter(
        account=account, kind=kind, subject=subject, cents=cents
    )
    known.filter(reason=GONE).update(closed_at=None, reason="", closed_by_name="")
    row = known.get()
    if row.closed_at is None and row.found_at == at:
        logger.warning("exception_raised", kind=str(kind), subject=subject)
    return row


@transaction.atomic
def bring_up_to_date(
    account: str,
    subject: str,
    looked_for: Iterable[Discrepancy.Kind],
    found: list[tuple[Discrepancy.Kind, int]],
    *,
    at: datetime,
) -> None:
    """List what was found wrong with one thing; close what was looked for in vain."""
    rows = Discrepancy.objects.open().filter(
        account=account, subject=subject, kind__in=looked_for
    )
    for kind, cents in found:
        raise_exception(account, kind, subject, cents, at=at)
        rows = rows.exclude(kind=kind, cents=cents)
    rows.update(closed_at=at, reason=GONE)


@transaction.atomic
def assign(discrepancy_id: int, to: User | None, *, at: datetime) -> Discrepancy:
    """Somebody looks into it; None: nobody any more."""
    row = Discrepancy.objects.select_for_update().get(pk=discrepancy_id)
    row.assigned_to, row.assigned_at = to, at if to else None
    row.save(update_fields=["assigned_to", "assigned_at"])
    return row


def close_like(
    account: str, kind: Discrepancy.Kind, subject: str, reason: str, **how: object
) -> None:
    """Explain every open one about this too; `how` as `close` takes it."""
    rows = Discrepancy.objects.open().filter(
        account=account, kind=kind, subject=subject
    )
    for pk in list(rows.values_list("pk", flat=True)):
        close(pk, reason, **how)


@transaction.atomic
def close(
    discrepancy_id: int, reason: str, *, at: datetime, by: User | None = None
) -> Discrepancy:
    """Explain a discrepancy; closing it again keeps the first reason and name."""
    row = Discrepancy.objects.select_for_update().get(pk=discrepancy_id)
    if row.closed_at is None:
        row.closed_at, row.reason = at, reason
        row.closed_by_name = str(by)[:200] if by else ""
        row.save(update_fields=["closed_at", "reason", "closed_by_name"])
    return row
