"""Lead a donor to the page on which Stripe saves their card, and see what was saved.

The number of the page is committed before Stripe is asked; a lost answer is looked
up. Whoever tells that a card was saved, it is fetched and kept once.
"""

import hashlib
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from donations import stripe_gateway
from donations.models import Pledge
from donations.pledge_states import Word, after, move
from donations.pledges.offering import locked
from donations.pledges.refusals import PledgeOver, SetupUnavailable
from donations.stripe_gateway import (
    SavedCard,
    SetupOrder,
    SetupPage,
    StripeBusy,
    StripeError,
    StripeUnavailable,
)

logger = structlog.get_logger(__name__)

PAGE_LASTS = timedelta(minutes=60)
# Stripe takes no page that would close within thirty minutes.
SHORTEST = timedelta(minutes=31)
CLOCKS_DIFFER = timedelta(minutes=5)


def setup_page(
    pledge_id: int,
    *,
    success_url: str,
    cancel_url: str,
    at: datetime,
    tells_email: bool = True,
) -> str:
    """The address of the one page open for this pledge's card.

    A refused card is forgotten first. Raises PledgeOver when no card is wanted (any
    more), SetupUnavailable when Stripe does not answer: then nothing was saved.
    """
    try:
        _forget_refused_card(pledge_id, at)
        pledge = _claim(pledge_id, at)
        if pledge.setup_url:
            return pledge.setup_url
        customer_id = pledge.customer_id or _customer(pledge, tells_email)
        return _store(pledge, _page(pledge, customer_id, success_url, cancel_url))
    except StripeError as error:
        logger.warning("setup_failed", pledge=pledge_id, error=str(error))
        raise SetupUnavailable(
            _("Stripe is not answering. No card was saved; please try again.")
        ) from error


def settle_setup(pledge_id: int, *, at: datetime, session_id: str = "") -> Pledge:
    """Fetch what became of a pledge's page, and keep the card that was saved on it.

    The id is a hint: what it names is fetched, and must name this pledge. A card that
    came too late is forgotten. Raises StripeError when Stripe could not be asked.
    """
    pledge = Pledge.objects.get(pk=pledge_id)
    session_id = session_id or pledge.setup_session_id
    if not session_id:
        return pledge
    account = pledge.stripe_account
    page = stripe_gateway.fetch_setup_page(session_id, account=account)
    if page.reference != pledge.public_id:
        return pledge
    pledge, unwanted = _keep(pledge_id, page, at)
    if unwanted:
        stripe_gateway.forget_card(unwanted, account=account)
    return pledge


def come_back(pledge_id: int, at: datetime) -> Pledge:
    """The donor is back from the page. Never fails for Stripe's sake."""
    try:
        return settle_setup(pledge_id, at=at)
    except StripeError as error:
        logger.warning("setup_return_failed", pledge=pledge_id, error=str(error))
        return Pledge.objects.get(pk=pledge_id)


def settle_card(pledge_id: int, at: datetime) -> None:
    """See whether the saved card is still there; one taken away cannot be charged."""
    pledge = Pledge.objects.get(pk=pledge_id)
    name = pledge.payment_method_id
    if not pledge.keeps_card:
        return
    card = stripe_gateway.fetch_card(name, account=pledge.stripe_account)
    if not card.is_attached:
        _lose(pledge_id, name, at)


@transaction.atomic
def _lose(pledge_id: int, payment_method_id: str, at: datetime) -> None:
    pledge = locked(pledge_id)
    if pledge.payment_method_id != payment_method_id:
        return
    if pledge.state in Pledge.OVER:
        pledge.detached_at = pledge.detached_at or at
        pledge.save(update_fields=["detached_at"])
    elif pledge.state != Pledge.State.CHARGING:
        move(pledge, Word.CARD_GONE, at)
        _empty(pledge)


def _forget_refused_card(pledge_id: int, at: datetime) -> None:
    pledge = Pledge.objects.get(pk=pledge_id)
    if pledge.state != Pledge.State.DECLINED or not pledge.payment_method_id:
        return
    stripe_gateway.forget_card(pledge.payment_method_id, account=pledge.stripe_account)
    with transaction.atomic():
        row = locked(pledge_id)
        if (row.state, row.payment_method_id) == (
            Pledge.State.DECLINED,
            pledge.payment_method_id,
        ):
            _empty(row)


def _empty(pledge: Pledge) -> None:
    """No card: what was there is forgotten at Stripe."""
    pledge.payment_method_id = pledge.card_brand = pledge.card_last4 = ""
    pledge.setup_url = ""
    pledge.save(
        update_fields=["payment_method_id", "card_brand", "card_last4", "setup_url"]
    )


@transaction.atomic(durable=True)
def _claim(pledge_id: int, at: datetime) -> Pledge:
    """The pledge with its page, or with the number that a new one is asked for by."""
    pledge = (
        Pledge.objects.annotate(looked_at=Now()).select_for_update().get(pk=pledge_id)
    )
    # A web server whose clock is late goes by the database's, as checkout does.
    at = max(at, pledge.looked_at)
    if after(pledge.state, Word.CARD_KEPT) == pledge.state:
        raise PledgeOver(_("There is no longer anything to save a card for."))
    until = pledge.setup_expires_at
    if pledge.setup_url and until and until > at:
        return pledge
    is_asked_for = pledge.setup_number and not pledge.setup_session_id
    if is_asked_for and until and until > at + SHORTEST:
        return pledge
    pledge.setup_number += 1
    pledge.setup_session_id = pledge.setup_url = ""
    pledge.setup_expires_at = (at + PAGE_LASTS).replace(microsecond=0)
    pledge.save(
        update_fields=[
            "setup_number",
            "setup_session_id",
            "setup_url",
            "setup_expires_at",
        ]
    )
    return pledge


def _customer(pledge: Pledge, tells_email: bool) -> str:
    account, name = pledge.stripe_account, pledge.public_id
    email = pledge.donor_email if tells_email else ""
    try:
        customer_id = stripe_gateway.make_customer(
            name,
            email,
            pledge.donor_name,
            account=account,
            key=f"lounge:customer:{name}:{'e' if email else 'n'}",
        )
    except StripeUnavailable:
        # Stripe repeats a stored failure for a key, though it was done.
        since = pledge.created_at - CLOCKS_DIFFER
        customer_id = stripe_gateway.find_customer(name, since, account=account)
        if not customer_id:
            raise
    Pledge.objects.filter(pk=pledge.pk, customer_id="").update(customer_id=customer_id)
    return Pledge.objects.values_list("customer_id", flat=True).get(pk=pledge.pk)


def _page(
    pledge: Pledge, customer_id: str, success_url: str, cancel_url: str
) -> SetupPage:
    order = SetupOrder(
        reference=pledge.public_id,
        number=pledge.setup_number,
        currency=pledge.currency,
        customer_id=customer_id,
        success_url=success_url,
        cancel_url=cancel_url,
        expires_at=pledge.setup_expires_at,
    )
    # The donor and an assistant come from, and go back to, different pages.
    way = hashlib.sha256(f"{customer_id} {success_url}".encode()).hexdigest()[:8]
    key = f"lounge:setup:{pledge.public_id}:{pledge.setup_number}:{way}"
    account = pledge.stripe_account
    try:
        return stripe_gateway.open_setup_page(order, account=account, key=key)
    except (StripeUnavailable, StripeBusy):
        found = stripe_gateway.find_setup_page(
            pledge.public_id,
            pledge.setup_number,
            pledge.created_at - CLOCKS_DIFFER,
            account=account,
            customer_id=customer_id,
        )
        if found is None:
            raise
        return found


@transaction.atomic
def _store(pledge: Pledge, page: SetupPage) -> str:
    """Store the page that was opened; told twice, it is stored once. Its address."""
    row = locked(pledge.pk)
    if row.setup_number == pledge.setup_number and not row.setup_session_id:
        row.setup_session_id, row.setup_url = page.session_id, page.url
        row.save(update_fields=["setup_session_id", "setup_url"])
    return row.setup_url or page.url


@transaction.atomic
def _keep(pledge_id: int, page: SetupPage, at: datetime) -> tuple[Pledge, str]:
    """Keep the page's card, where one is wanted; the card to be forgotten, or ""."""
    pledge = locked(pledge_id)
    if page.status != "open" and page.session_id == pledge.setup_session_id:
        pledge.setup_url = ""
        pledge.save(update_fields=["setup_url"])
    card = page.card
    if card is None or not card.is_attached:
        return pledge, ""
    if card.payment_method_id == pledge.payment_method_id:
        return pledge, ""
    if pledge.keeps_card:
        return pledge, card.payment_method_id
    _write_card(pledge, card)
    move(pledge, Word.CARD_KEPT, at)
    return pledge, ""


def _write_card(pledge: Pledge, card: SavedCard) -> None:
    """The card's place is in the row even if it came too late: it is owed away."""
    pledge.payment_method_id = card.payment_method_id
    pledge.card_brand, pledge.card_last4 = card.brand[:30], card.last4[:4]
    pledge.detached_at = None
    pledge.save(
        update_fields=["payment_method_id", "card_brand", "card_last4", "detached_at"]
    )
