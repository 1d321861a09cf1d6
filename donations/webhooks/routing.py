"""Which room follows an event: decided by the kind of the object that it names.

Of the object, ids alone are read; each room fetches for itself what they name.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from donations import (
    discrepancies,
    disputes,
    payouts,
    pledges,
    settlement,
    stripe_gateway,
)
from donations.models import Discrepancy, Donation, LedgerEntry
from events.models import Charity
from losers_lounge.compiled import compiled

Named = dict[str, Any]
Follower = Callable[[str, Named, datetime], bool]


def follow(account: str, named: Named, *, at: datetime) -> bool:
    """Bring up to date what the object concerns; whether it is anything of ours.

    A kind that is not in the table, and an account that is no charity's here, concern
    nothing. Raises StripeError when Stripe could not be asked.
    """
    follower = FOLLOWERS.get(_text(named, "object"))
    return follower is not None and _is_ours(account) and follower(account, named, at)


def _follow_page(account: str, named: Named, at: datetime) -> bool:
    """A payment page of a donation, or one on which a card was saved."""
    session_id = _text(named, "id")
    return _settle(account, named, at, session_id=session_id) or pledges.settle_named(
        account, named, at
    )


def _follow_payment(account: str, named: Named, at: datetime) -> bool:
    intent_id = _text(named, "id")
    return _settle(account, {**named, "payment_intent": intent_id}, at)


def _follow_charge(account: str, named: Named, at: datetime) -> bool:
    return _settle(account, {**named, "charge": _text(named, "id")}, at)


def _follow_refund(account: str, named: Named, at: datetime) -> bool:
    # Its metadata may be those of a refund made by hand, which names nothing of ours.
    return _settle(account, named, at)


def _follow_dispute(account: str, named: Named, at: datetime) -> bool:
    """The dispute itself, then the donation whose money it takes or gives back."""
    disputes.settle(account, _text(named, "id"), at=at)
    return _settle(account, named, at) or True


def _follow_warning(account: str, named: Named, at: datetime) -> bool:
    disputes.settle_warning(account, _text(named, "id"), at=at)
    return True


def _follow_card(account: str, named: Named, at: datetime) -> bool:
    return pledges.settle_named(account, named, at)


def _follow_payout(account: str, named: Named, at: datetime) -> bool:
    return payouts.settle(account, _text(named, "id"), at=at) is not False


FOLLOWERS: dict[str, Follower] = {
    "checkout.session": _follow_page,
    "payment_intent": _follow_payment,
    "charge": _follow_charge,
    "refund": _follow_refund,
    "dispute": _follow_dispute,
    "radar.early_fraud_warning": _follow_warning,
    "setup_intent": _follow_card,
    "payment_method": _follow_card,
    "payout": _follow_payout,
}


def _settle(account: str, named: Named, at: datetime, *, session_id: str = "") -> bool:
    """Settle the donation that the object leads to; whether there is one."""
    intent_id = _text(named, "payment_intent")
    donation = donation_of(account, named)
    if donation is None and intent_id:
        donation = _by_asking(account, intent_id, at)
    if donation is None:
        return False
    settlement.settle_found(
        donation, session_id=session_id, payment_intent_id=intent_id, at=at
    )
    return True


def donation_of(account: str, named: Named) -> Donation | None:
    """The donation by our reference, else by its payment, else by its charge."""
    metadata = named.get("metadata") or {}
    references = {
        reference
        for reference in (
            _text(metadata, "donation_id"),
            _text(named, "client_reference_id"),
        )
        if reference
    }
    if references:
        return next(iter(_referred_to(account, *references)), None)
    intent_id, charge_id = _text(named, "payment_intent"), _text(named, "charge")
    if intent_id and (found := _paid_by(account, intent_id)):
        return found[0]
    if not charge_id:
        return None
    entries = LedgerEntry.objects.filter(
        account=account, charge_id=charge_id, donation__isnull=False
    )
    entry = entries.select_related("donation").first()
    return entry.donation if entry else None


def _by_asking(account: str, intent_id: str, at: datetime) -> Donation | None:
    """The donation that Stripe's own payment names; a person looks for one that is
    named and not here, while its money is."""
    payment = stripe_gateway.fetch_payment(intent_id, account=account)
    if not payment.reference:
        return None
    donations = Donation.objects.for_account(account)
    found = donations.filter(public_id=payment.reference).first()
    if found is None and payment.is_charged:
        discrepancies.raise_exception(
            account,
            Discrepancy.Kind.UNMATCHED_MONEY,
            intent_id,
            payment.amount_cents,
            at=at,
        )
    return found


def _is_ours(account: str) -> bool:
    is_known = bool(_any_of(account))
    return is_known or Charity.objects.filter(stripe_account_id=account).exists()


@compiled
def _any_of(account: str) -> QuerySet[Donation]:
    return Donation.objects.for_account(account).order_by().values_list("pk")[:1]


@compiled
def _referred_to(account: str, *references: str) -> QuerySet[Donation]:
    return Donation.objects.for_account(account).filter(public_id__in=references)


@compiled
def _paid_by(account: str, intent_id: str) -> QuerySet[Donation]:
    return Donation.objects.for_account(account).filter(payment_intent_id=intent_id)


def _text(named: Named, key: str) -> str:
    """An id, whether it stands alone or its object was sent in full."""
    value = named.get(key) if isinstance(named, dict) else None
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) and "\0" not in value else ""
