"""Cards kept for later: saved on a page, charged without their owner, forgotten."""

from datetime import UTC, datetime
from typing import Any

import stripe

from donations.stripe_gateway.client import client, named_errors, options
from donations.stripe_gateway.records import (
    CardOrder,
    SavedCard,
    SetupOrder,
    SetupPage,
    StripeRefused,
    TriedCharge,
)

TAKES_MONEY = ("succeeded", "processing")
PAGE = 100
EXPAND = ["setup_intent.payment_method"]


def make_customer(
    reference: str, email: str, name: str, *, account: str, key: str
) -> str:
    """Somebody at Stripe to keep a pledge's card for; the customer's id."""
    params: dict[str, Any] = {"name": name, "metadata": {"pledge_id": reference}}
    if email:
        params["email"] = email
    with named_errors():
        return client().v1.customers.create(params, options(account, key)).id


def find_customer(reference: str, since: datetime, *, account: str) -> str:
    """The customer of this pledge among those made since then; "" for none."""
    params = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
    with named_errors():
        page = client().v1.customers.list(params, options(account))
        for customer in page.auto_paging_iter():
            if _metadata(customer).get("pledge_id") == reference:
                return customer.id
    return ""


def open_setup_page(order: SetupOrder, *, account: str, key: str) -> SetupPage:
    """Open a hosted page that saves a card and charges nothing."""
    metadata = {"pledge_id": order.reference, "setup": str(order.number)}
    params = {
        "mode": "setup",
        "currency": order.currency,
        "customer": order.customer_id,
        "client_reference_id": order.reference,
        "metadata": metadata,
        # A session's metadata is not copied to its setup intent: both carry it.
        "setup_intent_data": {"metadata": metadata},
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "expires_at": int(order.expires_at.timestamp()),
    }
    with named_errors():
        return _page(
            client().v1.checkout.sessions.create(params, options(account, key))
        )


def fetch_setup_page(session_id: str, *, account: str) -> SetupPage:
    """The page as it stands now, with the card that was saved on it."""
    with named_errors():
        return _page(
            client().v1.checkout.sessions.retrieve(
                session_id, {"expand": EXPAND}, options(account)
            )
        )


def find_setup_page(
    reference: str, number: int, since: datetime, *, account: str, customer_id: str
) -> SetupPage | None:
    """The page of that number opened for a pledge since then, if it reached Stripe."""
    params = {
        "created": {"gte": int(since.timestamp())},
        "customer": customer_id,
        "limit": PAGE,
        "expand": [f"data.{path}" for path in EXPAND],
    }
    with named_errors():
        page = client().v1.checkout.sessions.list(params, options(account))
        for found in map(_page, page.auto_paging_iter()):
            if (found.reference, found.number) == (reference, number):
                return found
    return None


def fetch_card(payment_method_id: str, *, account: str) -> SavedCard:
    """The card as Stripe has it now, and whether it still may be used."""
    with named_errors():
        return _card(
            client().v1.payment_methods.retrieve(
                payment_method_id, {}, options(account)
            )
        )


def forget_card(payment_method_id: str, *, account: str) -> None:
    """Detach a card, for ever. One that is detached, or unknown, is forgotten."""
    try:
        with named_errors():
            client().v1.payment_methods.detach(payment_method_id, {}, options(account))
    except StripeRefused as refusal:
        if "resource_missing" in str(refusal):
            return
        if fetch_card(payment_method_id, account=account).is_attached:
            raise


def charge_card(order: CardOrder, *, account: str, key: str) -> TriedCharge:
    """Charge a saved card now, once per key. A refused card is an answer, no error."""
    metadata = {
        "donation_id": order.reference,
        "pledge_id": order.pledge,
        "attempt": str(order.attempt),
        "event": order.event_slug,
    }
    params = {
        "amount": order.amount_cents,
        "currency": order.currency,
        "customer": order.customer_id,
        "payment_method": order.payment_method_id,
        "off_session": True,
        "confirm": True,
        "description": order.description,
        "metadata": metadata,
        "payment_method_options": {"card": {"stored_credential_usage": "unscheduled"}},
    }
    with named_errors():
        try:
            intent = client().v1.payment_intents.create(params, options(account, key))
        except stripe.CardError as error:
            return _refused(error)
        return _tried(intent)


def find_charge(
    reference: str, attempt: int, since: datetime, *, account: str, customer_id: str
) -> TriedCharge | None:
    """What became of that attempt to charge a customer's card, if it reached Stripe."""
    params = {
        "created": {"gte": int(since.timestamp())},
        "customer": customer_id,
        "limit": PAGE,
    }
    wanted = (reference, str(attempt))
    with named_errors():
        page = client().v1.payment_intents.list(params, options(account))
        for intent in page.auto_paging_iter():
            metadata = _metadata(intent)
            if (metadata.get("donation_id"), metadata.get("attempt")) == wanted:
                return _tried(intent)
    return None


def charges_of(
    pledge: str, since: datetime, *, account: str, customer_id: str
) -> set[str]:
    """What charges since then that took, or may yet take, a pledge's money were for:
    each donation's reference."""
    params = {
        "created": {"gte": int(since.timestamp())},
        "customer": customer_id,
        "limit": PAGE,
    }
    with named_errors():
        page = client().v1.payment_intents.list(params, options(account))
        made = [(_metadata(intent), intent) for intent in page.auto_paging_iter()]
    return {
        metadata.get("donation_id", "")
        for metadata, intent in made
        if metadata.get("pledge_id") == pledge and intent.status in TAKES_MONEY
    }


def cancel_payment(payment_intent_id: str, *, account: str) -> TriedCharge:
    """Give a payment up. What cannot be given up any more comes back as it stands."""
    params = {"cancellation_reason": "abandoned"}
    with named_errors():
        intents = client().v1.payment_intents
        try:
            return _tried(intents.cancel(payment_intent_id, params, options(account)))
        except stripe.InvalidRequestError:
            return _tried(intents.retrieve(payment_intent_id, {}, options(account)))


def _page(session: stripe.checkout.Session) -> SetupPage:
    metadata = _metadata(session)
    number, setup = metadata.get("setup", ""), session.setup_intent
    method = getattr(setup, "payment_method", None)
    is_saved = getattr(setup, "status", "") == "succeeded"
    return SetupPage(
        session_id=session.id,
        status=session.status or "",
        url=session.url or "",
        reference=metadata.get("pledge_id", ""),
        number=int(number) if number.isdecimal() else 0,
        expires_at=datetime.fromtimestamp(session.expires_at, UTC),
        card=_card(method) if is_saved and hasattr(method, "id") else None,
    )


def _card(method: stripe.PaymentMethod) -> SavedCard:
    card = getattr(method, "card", None)
    return SavedCard(
        payment_method_id=method.id,
        # What is no card, a wallet of a new kind say, is called what Stripe calls it.
        brand=(card.brand if card else method.type) or "",
        last4=(card.last4 if card else "") or "",
        is_attached=method.customer is not None,
    )


def _tried(intent: stripe.PaymentIntent) -> TriedCharge:
    error = intent.last_payment_error
    return TriedCharge(
        payment_intent_id=intent.id,
        status=intent.status,
        refusal=(error.code or "card_declined") if error else "",
    )


def _refused(error: stripe.CardError) -> TriedCharge:
    intent = getattr(error.error, "payment_intent", None)
    return TriedCharge(
        payment_intent_id=intent.id if intent else "",
        status=intent.status if intent else "requires_payment_method",
        refusal=error.code or "card_declined",
    )


def _metadata(thing: Any) -> dict[str, str]:
    return thing.metadata.to_dict() if thing.metadata else {}
