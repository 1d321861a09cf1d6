"""Late and unmatched money goes to a person, and is never lost.

A payment in Stripe's books that no donation explains is either given to the donation
that waits for it, or taken over as the gift of whoever Stripe says has paid. Sending
it back is a refund of that donation like any other. Each may be repeated.
"""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from donations import (
    checkout,
    discrepancies,
    open_pages,
    settlement,
    stripe_gateway,
)
from donations.donor import Donor
from donations.models import Discrepancy, Donation, LedgerEntry
from donations.stripe_gateway import StrayFacts
from events.models import Event, User

Kind = Discrepancy.Kind
GIFT = Donation.Purpose.GIFT


class NotMatchable(Exception):
    """This money cannot be this donation's; the text says why, for a person."""


def is_stray(row: Discrepancy) -> bool:
    """Whether the exception is about a payment that is still nobody's."""
    return (
        row.kind == Kind.CHARGE_WITHOUT_DONATION
        and row.closed_at is None
        and entry_of(row) is not None
    )


def entry_of(row: Discrepancy) -> LedgerEntry | None:
    """The entry of the ledger that an exception is about, if it is about one."""
    entries = LedgerEntry.objects.from_stripe().filter(account=row.account)
    return entries.filter(balance_transaction_id=row.subject).first()


def waiting(row: Discrepancy, event: Event) -> QuerySet[Donation]:
    """The event's donations that the payment could be for: unpaid, of that amount."""
    entry = entry_of(row)
    if entry is None:
        return Donation.objects.none()
    donations = Donation.objects.for_account(row.account).filter(
        event=event,
        state__in=Donation.PAYABLE,
        amount_cents=entry.gross_cents,
        currency=entry.currency,
    )
    return donations.order_by("-pk")


def match(discrepancy_id: int, donation_id: int, *, by: User, at: datetime) -> Donation:
    """Give a stray payment to the donation that it was meant for.

    A page that is open for it is closed first: it could be paid as well. Raises
    NotMatchable when it is another amount, currency, account or mode, or when the
    donation was paid already; StripeError when Stripe could not be asked.
    """
    row, stray = _ask(discrepancy_id)
    try:
        open_pages.close([donation_id], at=at)
    except checkout.CheckoutUnavailable as error:
        raise NotMatchable(str(error)) from error
    with transaction.atomic():
        donation = Donation.objects.locked().get(pk=donation_id)
        if donation.payment_intent_id != stray.payment_intent_id:
            _check(donation, stray, row.account)
            _give(donation, stray)
    return _settle(row, donation, stray, by, at)


def take_over(discrepancy_id: int, event: Event, *, by: User, at: datetime) -> Donation:
    """Keep a stray payment as a gift to the event, from whoever Stripe says paid it.

    Raises NotMatchable, or StripeError when Stripe could not be asked.
    """
    row, stray = _ask(discrepancy_id)
    with transaction.atomic():
        # The second press waits here, and finds what the first has made.
        Discrepancy.objects.select_for_update().get(pk=row.pk)
        donation = Donation.objects.filter(
            stripe_account=row.account, payment_intent_id=stray.payment_intent_id
        ).first()
        if donation is None:
            donation = _gift(event, row, stray, at)
    return _settle(row, donation, stray, by, at)


def _ask(discrepancy_id: int) -> tuple[Discrepancy, StrayFacts]:
    row = Discrepancy.objects.get(pk=discrepancy_id)
    entry = entry_of(row)
    if row.kind != Kind.CHARGE_WITHOUT_DONATION or entry is None:
        raise NotMatchable(_("This is not about a payment."))
    stray = stripe_gateway.fetch_stray(entry.charge_id, account=row.account)
    if not stray.payment_intent_id:
        raise NotMatchable(_("Stripe knows of no payment behind this charge."))
    if stray.livemode != settings.STRIPE_IS_LIVE:
        raise NotMatchable(_("This money is in the other mode, test or live."))
    return row, stray


def _check(donation: Donation, stray: StrayFacts, account: str) -> None:
    wanted = (donation.amount_cents, donation.currency, donation.stripe_account)
    if wanted != (stray.amount_cents, stray.currency, account):
        raise NotMatchable(_("The donation is for a different amount."))
    if donation.payment_intent_id or not donation.is_payable:
        raise NotMatchable(_("The donation was already paid."))


def _give(donation: Donation, stray: StrayFacts) -> None:
    donation.payment_intent_id = stray.payment_intent_id
    try:
        with transaction.atomic():
            donation.save(update_fields=["payment_intent_id"])
    except IntegrityError as error:
        raise NotMatchable(
            _("This money already belongs to another donation.")
        ) from error


def _gift(event: Event, row: Discrepancy, stray: StrayFacts, at: datetime) -> Donation:
    if (event.currency, event.charity.stripe_account_id) != (
        stray.currency,
        row.account,
    ):
        raise NotMatchable(_("The money is in a currency other than the event's."))
    name = stray.donor_name or _("Unnamed donor")
    part = checkout.Part(name, GIFT, stray.amount_cents)
    try:
        donation = checkout.create_donation(
            event,
            Donor(name, stray.donor_email),
            [part],
            declines_reward=True,
            at=at,
        )
    except checkout.CheckoutRefused as error:
        raise NotMatchable(str(error)) from error
    donation.payment_intent_id = stray.payment_intent_id
    donation.save(update_fields=["payment_intent_id"])
    return donation


def _settle(
    row: Discrepancy, donation: Donation, stray: StrayFacts, by: User, at: datetime
) -> Donation:
    """Tell Stripe whose it is, fetch the payment, and close the exception."""
    stripe_gateway.name_payment(
        stray.payment_intent_id,
        donation.public_id,
        account=row.account,
        key=f"lounge:name:{donation.public_id}:{stray.payment_intent_id}"[:255],
    )
    donation = settlement.settle(
        donation.pk, at=at, payment_intent_id=stray.payment_intent_id
    )
    if donation.entries.filter(balance_transaction_id=row.subject).exists():
        words = noop("Given to donation %(donation)s")
        words %= {"donation": donation.public_id}
        how = {"reason": words, "at": at, "by": by}
        with transaction.atomic():
            discrepancies.close(row.pk, **how)
            # A webhook may have told of the same payment before it was booked.
            intent, kind = stray.payment_intent_id, Kind.UNMATCHED_MONEY
            discrepancies.close_like(row.account, kind, intent, **how)
    return donation
