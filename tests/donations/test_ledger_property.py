"""However the movements come, in whatever pieces and how often: the books are one."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from donations import ledger
from donations.models import Donation, LedgerEntry
from donations.stripe_gateway import Movement
from tests.donations.factories import make_donation

SEEDS = 12
COLUMNS = (
    "balance_transaction_id",
    "kind",
    "gross_cents",
    "fee_cents",
    "net_cents",
    "donation_id",
    "event_id",
    "charge_id",
)


def movement(key: str, donation: Donation | None, **fields: object) -> Movement:
    at = timezone.now().replace(microsecond=0)
    gross = fields.pop("gross_cents", 10_000)
    fee = fields.pop("fee_cents", 0)
    facts = {
        "balance_transaction_id": f"txn_{key}",
        "type": "charge",
        "reporting_category": "charge",
        "currency": "usd",
        "gross_cents": gross,
        "fee_cents": fee,
        "net_cents": gross - fee,
        "source_id": f"ch_{key}",
        "charge_id": f"ch_{key}",
        "payment_intent_id": "",
        "reference": donation.public_id if donation else "",
        "occurred_at": at,
        "available_at": at + timedelta(days=2),
    }
    return Movement(**facts | fields)


def life(key: str, donation: Donation) -> list[Movement]:
    """A payment, two refunds (one of which fails), a dispute that is won."""
    of_it = {"charge_id": f"ch_{key}", "payment_intent_id": f"pi_{key}"}
    back = {"type": "refund", "reporting_category": "refund"} | of_it
    bank = {"type": "adjustment", "reporting_category": "dispute"} | of_it
    first = movement(key, donation, fee_cents=320, payment_intent_id=f"pi_{key}")
    return [
        first,
        movement(f"{key}r", None, gross_cents=-1_000, source_id="re_1", **back),
        movement(f"{key}s", None, gross_cents=-500, source_id="re_2", **back),
        movement(
            f"{key}f",
            None,
            gross_cents=500,
            source_id="re_2",
            **back | {"type": "refund_failure", "reporting_category": "refund_failure"},
        ),
        movement(
            f"{key}d",
            None,
            gross_cents=-8_500,
            fee_cents=1_500,
            source_id="dp_1",
            **bank,
        ),
        movement(
            f"{key}w",
            None,
            gross_cents=8_500,
            source_id="dp_1",
            **bank | {"reporting_category": "dispute_reversal"},
        ),
    ]


@pytest.mark.django_db
def test_any_split_order_and_repetition_of_movements_books_the_same() -> None:
    donations = [
        make_donation(amount_cents=10_000, payment_intent_id=f"pi_{n}")
        for n in range(3)
    ]
    everything = [m for n, row in enumerate(donations) for m in life(str(n), row)]
    everything.append(movement("fee", None, type="stripe_fee", charge_id=""))
    at = timezone.now()
    wanted = None
    for seed in range(SEEDS):
        chance = random.Random(seed)
        account = f"acct_{seed}"
        Donation.objects.update(stripe_account=account)
        heard = everything + chance.sample(everything, 6)
        chance.shuffle(heard)
        new = 0
        while heard:
            size = chance.randint(1, 7)
            piece, heard = heard[:size], heard[size:]
            whose = chance.choice([None, *donations])
            of_one = [
                m for m in piece if whose and m.payment_intent_id == f"pi_{whose.pk}"
            ]
            new += ledger.book(account, of_one or piece, at=at)
            new += ledger.book(account, piece, at=at)
        rows = LedgerEntry.objects.filter(account=account)
        booked = set(rows.values_list(*COLUMNS))
        wanted = wanted or booked

        assert new == len(everything) == len(booked)
        assert booked == wanted
    assert {row[5] for row in wanted or ()} == {None, *(d.pk for d in donations)}
