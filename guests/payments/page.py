"""How a winner pays: one donation that settles what they owe."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from donations import checkout, open_pages
from donations.models import Donation, DonationAttempt
from guests.models import Guest, Obligation, Settlement


class NothingOwed(Exception):
    """Everything this person owes is paid, or nothing is owed."""


class PaymentPending(Exception):
    """The bank is still working on a payment for this; paying again would double it."""


def payment_page(
    guest_id: int,
    *,
    success_url: str,
    cancel_url: str,
    at: datetime,
    tells_email: bool = True,
) -> str:
    """The address of the one page open for what this guest owes now.

    A page for another amount is closed first, and so is one that leads back to where
    this browser may not go: two open pages could both be paid. Asks Stripe, so it
    needs no transaction. Raises as `donation_for` and `checkout.open_checkout` do.
    """
    donation = donation_for(guest_id)
    others = _pages_to_close(guest_id, donation, success_url)
    if others:
        open_pages.close(others, at=at)
        # Paid in that very moment, it may settle what is owed.
        donation = donation_for(guest_id)
    return checkout.open_checkout(
        donation.pk,
        success_url=success_url,
        cancel_url=cancel_url,
        at=at,
        tells_email=tells_email,
    )


def _pages_to_close(guest_id: int, wanted: Donation, success_url: str) -> list[int]:
    open_pages = DonationAttempt.objects.live().filter(
        donation__settlements__obligation__guest=guest_id,
        donation__purpose=Donation.Purpose.ADMISSION,
    )
    fits = Q(donation=wanted, success_url=success_url)
    return list(open_pages.exclude(fits).values_list("donation", flat=True).distinct())


@transaction.atomic
def donation_for(guest_id: int) -> Donation:
    """The donation that settles all this guest owes now, made if it is not there.

    Pressing twice finds the same donation. Raises NothingOwed or PaymentPending.
    """
    guest = (
        Guest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("event", "invitation__contact")
        .get(pk=guest_id)
    )
    rows = Obligation.objects.unpaid().filter(guest=guest).order_by("pk")
    owed = {row.pk: row.amount_cents - row.paid_cents for row in rows}
    if not owed:
        raise NothingOwed
    donations = Donation.objects.filter(settlements__obligation__in=owed).distinct()
    if donations.filter(state=Donation.State.PROCESSING).exists():
        raise PaymentPending
    for donation in donations.filter(state__in=Donation.PAYABLE).order_by("-pk"):
        if _asks_for(donation, owed):
            return donation
    donation = checkout.create_donation(
        event=guest.event,
        donor_name=guest.name,
        donor_email=guest.invitation.contact.email,
        parts=[
            checkout.Part(guest.name, Donation.Purpose.ADMISSION, sum(owed.values()))
        ],
        at=timezone.now(),
    )
    Settlement.objects.bulk_create(
        Settlement(obligation_id=pk, donation=donation, amount_cents=cents)
        for pk, cents in owed.items()
    )
    return donation


def _asks_for(donation: Donation, owed: dict[int, int]) -> bool:
    """Whether paying this donation settles exactly what is owed.

    After a correction it may have been carried over from an obligation that is void.
    """
    rows = donation.settlements.exclude(obligation__state=Obligation.State.VOID)
    covers = dict(rows.values_list("obligation_id", "amount_cents"))
    return covers == owed and donation.amount_cents == sum(owed.values())
