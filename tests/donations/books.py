"""Random books: donations of every make-up, and all that may happen to their money."""

from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from donations.models import Donation, DonationPart, LedgerEntry, Pledge
from events.models import Event
from tests.donations.factories import make_donation, stray_entry

START = datetime(2013, 9, 23, 3, 0, tzinfo=UTC)
_numbers = count(1)


def entry(
    donation: Donation, kind: str, gross: int, fee: int, at: datetime, **fields: object
) -> LedgerEntry:
    """One movement of a donation's money, as its balance transaction would say."""
    defaults = {
        "account": donation.stripe_account,
        "balance_transaction_id": f"txn_book_{next(_numbers)}",
        "stripe_type": kind,
        "source_id": f"src_{next(_numbers)}",
        "occurred_at": at,
        "recorded_at": at,
    }
    return stray_entry(
        donation=donation,
        event=donation.event,
        kind=kind,
        gross_cents=gross,
        fee_cents=fee,
        net_cents=gross - fee,
        **defaults | fields,
    )


def random_donation(event: Event, random: Random, at: datetime) -> Donation:
    """Paid, with up to four parts, its fees perhaps covered."""
    parts = [
        (random.choice(["admission", "gift"]), random.randint(50, 200_000))
        for _ in range(random.randint(0, 4))
    ]
    amount = sum(cents for _, cents in parts) or random.randint(50, 200_000)
    cover = random.choice([0, 0, random.randint(1, 9_000)])
    donation = make_donation(
        event,
        donor_name=f"Donor {next(_numbers)}",
        credit_name=random.choice(["", f"Credited {next(_numbers)}"]),
        purpose=random.choice(["admission", "gift"]),
        amount_cents=amount + cover,
        fee_cover_cents=cover,
        state="paid",
        paid_at=at,
    )
    with_parts(donation, parts)
    return donation


def with_parts(donation: Donation, parts: list[tuple[str, int]]) -> None:
    """These parts and no others: purpose and cents of each."""
    donation.parts.all().delete()
    DonationPart.objects.bulk_create(
        DonationPart(
            donation=donation,
            order=order,
            for_name=donation.donor_name,
            purpose=purpose,
            amount_cents=cents,
        )
        for order, (purpose, cents) in enumerate(parts)
    )


def random_money(donation: Donation, random: Random, at: datetime) -> None:
    """Its payment, and what went back and came again, in the order it happened."""
    amount = donation.amount_cents
    payout = random.choice(["", "po_good", "po_failed"])
    fee = random.randint(0, amount // 20 + 30)
    entry(donation, "charge", amount, fee, at, payout_id=payout)
    left = amount
    for minutes in range(1, random.randint(1, 5)):
        when, cents = at + timedelta(minutes=minutes), random.randint(0, left)
        match random.choice(["refund", "failed", "dispute", "won", "other"]):
            case "refund":
                entry(donation, "refund", -cents, 0, when)
                left -= cents
            case "failed":
                entry(donation, "refund", -cents, 0, when)
                entry(donation, "refund", cents, 0, when)
            case "dispute":
                entry(donation, "dispute", -cents, 1_500, when)
                left -= cents
            case "won":
                entry(donation, "dispute", -cents, 1_500, when)
                entry(donation, "dispute", cents, -random.randint(0, 1_500), when)
            case "other":
                entry(donation, "other", -random.randint(0, 300), 0, when)


def by_hand(event: Event, random: Random, at: datetime) -> None:
    """Cash that two people signed for, sometimes taken out of the books again."""
    donation = random_donation(event, random, at)
    Donation.objects.filter(pk=donation.pk).update(source="manual")
    cents = donation.amount_cents
    entry(donation, "charge", cents, 0, at, source="manual")
    if random.random() < 0.3:
        when = at + timedelta(minutes=9)
        entry(donation, "refund", -cents, 0, when, source="manual")


def noise(event: Event, random: Random, at: datetime) -> None:
    """What never enters a sum: another currency, another account, a payout."""
    donation = random_donation(event, random, at)
    entry(donation, "charge", 77_777, 7, at, currency="eur")
    entry(donation, "charge", 88_888, 8, at, account="acct_of_somebody_else")
    entry(donation, "payout", -99_999, 0, at)


def promise(event: Event, cents: int, **fields: object) -> Pledge:
    """A saved card that nobody has charged."""
    defaults = {
        "donor_name": "Jon Hamm",
        "donor_email": "jon@guest.example",
        "currency": "usd",
        "state": "card_saved",
        "mandate_version": "1",
        "mandate_text": "If I win.",
        "last_charge_at": START + timedelta(days=1),
        "agreed_at": START,
        "created_at": START,
        "customer_id": "cus_1",
        "payment_method_id": f"pm_{next(_numbers)}",
        "setup_session_id": f"cs_{next(_numbers)}",
    }
    return Pledge.objects.create(event=event, amount_cents=cents, **defaults | fields)


def random_book(event: Event, seed: int, donations: int = 12) -> None:
    """The same book for the same seed: Stripe's money, money by hand, and noise."""
    random = Random(seed)
    for number in range(donations):
        at = START + timedelta(minutes=17 * number)
        random_money(random_donation(event, random, at), random, at)
    by_hand(event, random, START)
    by_hand(event, random, START + timedelta(hours=1))
    noise(event, random, START)
    promise(event, random.randint(50, 100_000))
