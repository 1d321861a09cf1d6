"""Payments nobody here asked for: what Stripe knows of them, and whose they are."""

from dataclasses import dataclass

from donations.stripe_gateway.client import client, named_errors, options


@dataclass(frozen=True)
class StrayFacts:
    """A charge that no donation explains; the name and address are the payer's."""

    charge_id: str
    payment_intent_id: str
    amount_cents: int
    currency: str
    livemode: bool
    donor_name: str
    donor_email: str


def fetch_stray(charge_id: str, *, account: str) -> StrayFacts:
    """What Stripe knows of a charge and of who paid it."""
    with named_errors():
        charge = client().v1.charges.retrieve(charge_id, {}, options(account))
        intent = charge.payment_intent
        said = charge.billing_details
        return StrayFacts(
            charge_id=charge.id,
            payment_intent_id=str(getattr(intent, "id", intent) or ""),
            amount_cents=charge.amount,
            currency=charge.currency,
            livemode=charge.livemode,
            donor_name=(said.name or "").strip()[:200],
            donor_email=(said.email or "").strip()[:254],
        )


def name_payment(
    payment_intent_id: str, reference: str, *, account: str, key: str
) -> None:
    """Write at Stripe, too, which donation a payment belongs to."""
    params = {"metadata": {"donation_id": reference}}
    with named_errors():
        client().v1.payment_intents.update(
            payment_intent_id, params, options(account, key)
        )
