"""Hold a statement's lines beside Stripe's own books, as Stripe has them now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from donations import ledger, stripe_gateway
from donations.models import LedgerEntry
from donations.statements.lines import Line, stamp

# What must be the same on both sides.
Said = tuple[str, int, int, int, str]


@dataclass(frozen=True)
class Beside:
    """How many lines were asked about, and which Stripe has otherwise or not at all."""

    asked: int
    differing: tuple[str, ...]


def beside_stripe(lines: Iterable[Line]) -> Beside:
    """Every line of Stripe's beside Stripe; gifts by hand are not known there.

    Raises StripeError when Stripe could not be asked to the end.
    """
    ours: dict[str, dict[str, Said]] = {}
    for line in lines:
        if line["source"] == LedgerEntry.Source.STRIPE:
            ours.setdefault(line["account"], {})[line["id"]] = (
                line["kind"],
                line["gross"],
                line["fee"],
                line["net"],
                line["created"],
            )
    differing: list[str] = []
    for account, said in ours.items():
        differing += _differing(account, said)
    return Beside(sum(map(len, ours.values())), tuple(differing))


def _differing(account: str, said: dict[str, Said]) -> list[str]:
    oldest = min(datetime.fromisoformat(created) for *_, created in said.values())
    left = dict(said)
    for movement in stripe_gateway.movements(oldest, account=account):
        theirs = (
            str(ledger.kind_of(movement)),
            movement.gross_cents,
            movement.fee_cents,
            movement.net_cents,
            stamp(movement.occurred_at),
        )
        if left.get(movement.balance_transaction_id) == theirs:
            del left[movement.balance_transaction_id]
    return list(left)
