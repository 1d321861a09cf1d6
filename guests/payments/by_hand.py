"""A winner pays in cash or by cheque: it settles what they owe when two have signed."""

from datetime import datetime

from django.db import transaction

from donations import checkout, manual_gifts, open_pages
from donations.donor import Donor
from donations.manual_gifts import Taken
from donations.models import Donation, ManualGift
from events.models import Event, User
from guests.bottle_words import proposals
from guests.models import Guest, Obligation, Settlement
from guests.payments import NothingOwed, PaymentPending
from guests.payments.asked import hold_money, is_pending, live_ones


def take(guest_id: int, taken: Taken, *, by: User, at: datetime) -> ManualGift:
    """Write down money for all that this guest owes; the amount is never typed.

    Pages that are open for it are closed first, so it needs no transaction. The same
    press again is the same gift. Raises NothingOwed, PaymentPending, CheckoutFailed.
    """
    known = ManualGift.objects.filter(nonce=taken.nonce).first()
    if known is not None:
        return known
    pages = set(live_ones([guest_id]).values_list("donation", flat=True))
    if pages:
        open_pages.close(pages, at=at)
    return _taken(guest_id, taken, by, at)


def waiting(guest: Guest) -> ManualGift | None:
    """What was taken for this guest and waits for a second name."""
    rows = ManualGift.objects.filter(
        donation__settlements__obligation__guest=guest,
        confirmed_at=None,
        void_at=None,
    )
    return rows.defer("photo").select_related("donation").order_by("pk").first()


@transaction.atomic
def _taken(guest_id: int, taken: Taken, by: User, at: datetime) -> ManualGift:
    owner = Guest.objects.values_list("event").get(pk=guest_id)[0]
    event = Event.objects.locked().get(pk=owner)
    # Of two presses with one name the second waited here.
    known = ManualGift.objects.filter(nonce=taken.nonce).first()
    if known is not None:
        return known
    rows = Guest.objects.locked().select_related("invitation__contact")
    guest = rows.get(pk=guest_id)
    guest.event = event
    hold_money([guest_id])
    owed = list(Obligation.objects.unpaid().filter(guest=guest).order_by("pk"))
    if not owed:
        raise NothingOwed
    # Somebody opened another page in this very moment: they are paying now.
    if is_pending([row.pk for row in owed], live_ones([guest_id])):
        raise PaymentPending
    donor = Donor(guest.name, guest.invitation.contact.email)
    gift = manual_gifts.enter(event, donor, [_part(guest, owed)], taken, by=by, at=at)
    Settlement.objects.bulk_create(
        Settlement(obligation=row, donation=gift.donation, amount_cents=row.left_cents)
        for row in owed
    )
    return gift


def _part(guest: Guest, rows: list[Obligation]) -> checkout.Part:
    cents = sum(row.left_cents for row in rows)
    purpose = Donation.Purpose.ADMISSION
    words = proposals(guest.event, [guest])[guest.pk]
    return checkout.Part(guest.name, purpose, cents, words)
