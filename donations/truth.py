"""What Stripe says of a donation: asked outside any transaction, and kept as said."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from donations import stripe_gateway
from donations.models import Donation, DonationAttempt, LedgerEntry
from donations.stripe_gateway import Payment, Session
from losers_lounge.compiled import compiled

NOT_CLOSED = (DonationAttempt.State.OPEN, DonationAttempt.State.COMPLETED)


@dataclass(frozen=True)
class Truth:
    """What Stripe said of a donation when it was asked at `asked_at`.

    `others` are payments that took money for it besides `payment`: two pages were
    paid, say.
    """

    asked_at: datetime
    sessions: tuple[Session, ...]
    payment: Payment | None
    others: tuple[Payment, ...] = ()


def fetch(
    donation: Donation, *, session_id: str = "", payment_intent_id: str = ""
) -> Truth:
    """Ask Stripe about a donation; the ids are hints and must name this donation.

    Raises StripeError when Stripe could not be asked.
    """
    asked_at = timezone.now()
    known_id = donation.payment_intent_id
    sessions: tuple[Session, ...] = ()
    if known_id:
        ids = [known_id, payment_intent_id]
    else:
        tried = _tried(donation.pk)
        sessions = _sessions(donation, session_id, tried)
        ids = _intent_ids(donation, payment_intent_id, sessions, tried)
    found = _payments(donation, ids, sessions)
    payment = _the_one(found, known_id)
    others = tuple(p for p in found if p.is_charged and p is not payment)
    return Truth(asked_at, sessions, payment, others)


@compiled
def _tried(donation: int) -> QuerySet[DonationAttempt]:
    return DonationAttempt.objects.filter(donation=donation).order_by("-number")


def _sessions(
    donation: Donation, hint: str, tried: list[DonationAttempt]
) -> tuple[Session, ...]:
    """The page that is named, and those that are not known to be closed unpaid."""
    known = [row.session_id for row in tried if row.state in NOT_CLOSED]
    account = donation.stripe_account
    fetched = [
        stripe_gateway.fetch_session(session_id, account=account)
        for session_id in dict.fromkeys(filter(None, [hint, *known]))
    ]
    return tuple(s for s in fetched if s.reference == donation.public_id)


def _intent_ids(
    donation: Donation,
    hint: str,
    sessions: tuple[Session, ...],
    tried: list[DonationAttempt],
) -> list[str]:
    """The payments that are named: by the hint, by a page, by a saved card's try."""
    ids = [
        hint,
        *(session.payment_intent_id for session in sessions),
        *(row.payment_intent_id for row in tried),
    ]
    return ids if any(ids) else _ids_in_the_books(donation)


def _ids_in_the_books(donation: Donation) -> list[str]:
    """Of money in the books that no page here tells of: paid on one we gave up."""
    charges = donation.entries.filter(kind=LedgerEntry.Kind.CHARGE)
    for charge_id in charges.values_list("charge_id", flat=True):
        account = donation.stripe_account
        if charge_id and (
            intent_id := stripe_gateway.payment_of_charge(charge_id, account=account)
        ):
            return [intent_id]
    return []


def _payments(
    donation: Donation, intent_ids: list[str], sessions: tuple[Session, ...]
) -> list[Payment]:
    """Each payment as it is now; a hint that names another donation counts as none.

    One that came with its page just now is not asked for again.
    """
    with_pages = {session.payment_intent_id: session.payment for session in sessions}
    found = []
    for intent_id in dict.fromkeys(filter(None, intent_ids)):
        is_known = intent_id == donation.payment_intent_id
        payment = with_pages.get(intent_id) or stripe_gateway.fetch_payment(
            intent_id,
            account=donation.stripe_account,
            with_refunds=is_known and donation.refunds.exists(),
        )
        if is_known or payment.reference == donation.public_id:
            found.append(payment)
    return found


def _the_one(found: list[Payment], known_id: str) -> Payment | None:
    """The payment that the donation stands for: known, else paid, else under way."""

    def rank(payment: Payment) -> tuple[bool, bool, bool]:
        return (
            payment.payment_intent_id == known_id,
            payment.is_charged,
            payment.status == "processing",
        )

    return max(found, key=rank, default=None)
