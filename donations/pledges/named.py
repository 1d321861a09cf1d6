"""What a webhook names: the pledge it is about, by ids alone, and what Stripe says."""

from datetime import datetime
from typing import Any

from donations.models import Pledge
from donations.pledges.setup import settle_card, settle_setup


def settle_named(account: str, named: dict[str, Any], at: datetime) -> bool:
    """Bring the pledge up to date that a session, setup or card belongs to.

    False: it is none of ours. Raises StripeError when Stripe could not be asked.
    """
    kind = _text(named, "object")
    pledges = Pledge.objects.filter(stripe_account=account)
    if kind == "payment_method":
        pledge = pledges.filter(payment_method_id=_text(named, "id") or "-").first()
        if pledge is not None:
            settle_card(pledge.pk, at)
        return pledge is not None
    if kind not in ("checkout.session", "setup_intent"):
        return False
    metadata = named.get("metadata")
    reference = _text(metadata, "pledge_id") or _text(named, "client_reference_id")
    pledge = pledges.filter(public_id=reference).first() if reference else None
    if pledge is None:
        return False
    session_id = _text(named, "id") if kind == "checkout.session" else ""
    settle_setup(pledge.pk, session_id=session_id, at=at)
    return True


def _text(named: Any, key: str) -> str:
    value = named.get(key) if isinstance(named, dict) else None
    return value if isinstance(value, str) and "\0" not in value else ""
