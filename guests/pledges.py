"""How a winner pays: one donation that settles what they owe."""

from django.db import transaction

from donations import checkout
from donations.models import Donation
from guests.models import Guest, Obligation, Settlement


class NothingOwed(Exception):
    """Everything this person owes is paid, or nothing is owed."""


class PaymentPending(Exception):
    """The bank is still working on a payment for this; paying again would double it."""


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
        covers = donation.settlements.values_list("obligation_id", "amount_cents")
        if dict(covers) == owed:
            return donation
    donation = checkout.create_donation(
        event=guest.event,
        donor_name=guest.name,
        donor_email=guest.invitation.contact.email,
        amount_cents=sum(owed.values()),
        purpose=Donation.Purpose.ADMISSION,
    )
    Settlement.objects.bulk_create(
        Settlement(obligation_id=pk, donation=donation, amount_cents=cents)
        for pk, cents in owed.items()
    )
    return donation
