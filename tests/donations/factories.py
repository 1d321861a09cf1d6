"""Money by need: a donation, and what Stripe would say of it."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from donations import checkout, reconciliation
from donations.models import Donation, DonationPart, LedgerEntry, Reconciliation
from donations.stripe_gateway import Payment
from events.models import Event
from losers_lounge.stand_in.server import StandIn
from tests.factories import make_event

RETURN_URL = "http://testserver/back/"


def make_donation(event: Event | None = None, **fields: Any) -> Donation:
    """A winner's $1,000 that nobody has been asked for yet."""
    event = event or make_event()
    defaults = {
        "donor_name": "Tina Fey",
        "donor_email": "tina@guest.example",
        "purpose": Donation.Purpose.ADMISSION,
        "amount_cents": 100_000,
        "stripe_account": event.charity.stripe_account_id,
        "created_at": timezone.now(),
    }
    donation = Donation.objects.create(event=event, **defaults | fields)
    DonationPart.objects.create(
        donation=donation,
        order=0,
        for_name=donation.donor_name,
        purpose=donation.purpose,
        amount_cents=donation.amount_cents - donation.fee_cover_cents,
    )
    return donation


def open_page(donation: Donation) -> str:
    """The id of the donation's payment page at the stand-in."""
    url = checkout.open_checkout(
        donation.pk, success_url=RETURN_URL, cancel_url=RETURN_URL, at=timezone.now()
    )
    return url.rsplit("/", 1)[1]


def pay(stand_in: StandIn, donation: Donation) -> str:
    """The donor pays at Stripe; nobody here has been told yet. The session's id."""
    session_id = open_page(donation)
    stand_in.pay(session_id)
    return session_id


def charged(amount_cents: int, *, at: datetime) -> Payment:
    """What Stripe says of a payment that has arrived."""
    return Payment(
        payment_intent_id="pi_1",
        status="succeeded",
        reference="gift",
        amount_cents=amount_cents,
        currency="usd",
        livemode=False,
        is_charged=True,
        refunded_cents=0,
        dispute="",
        paid_at=at,
        movements=(),
    )


def stray_entry(**fields: Any) -> LedgerEntry:
    """An entry that Stripe knows nothing of: a fee of $5.00."""
    defaults = {
        "source": "stripe",
        "balance_transaction_id": "txn_stray",
        "kind": "fee",
        "currency": "usd",
        "gross_cents": -500,
        "fee_cents": 0,
        "net_cents": -500,
        "occurred_at": timezone.now(),
        "recorded_at": timezone.now(),
    }
    return LedgerEntry.objects.create(**defaults | fields)


def reconcile(**options: Any) -> Reconciliation:
    """Compare the own account's books now."""
    return reconciliation.reconcile("", at=timezone.now(), **options)
