"""The donation behind a wish: found if it is there already, or made. Under the locks.

The guests it settles for are locked in the order of their keys, so that of two who
give for the same person at the same moment one sees what the other has begun. So is
what was begun for them: money that arrives waits until we have looked, or is seen.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from donations import checkout, fees
from donations.models import Donation, DonationAttempt
from guests.bottle_words import proposals
from guests.models import Guest, Obligation, Settlement
from guests.payments.wishes import Wish

# A free gift is the same one when it is pressed for again within this time.
SAME_GIFT = timedelta(minutes=60)
CHARGE = {"kind": DonationAttempt.Kind.OFF_SESSION}
ADMISSION, GIFT = Donation.Purpose.ADMISSION, Donation.Purpose.GIFT


class NothingOwed(Exception):
    """Everything that was to be paid is paid, or nothing is owed."""


class PaymentPending(Exception):
    """The bank is still working on a payment for this; paying again would double it."""


@transaction.atomic
def donation_for(guest_id: int, *, at: datetime | None = None) -> Donation:
    """The donation that settles all this guest owes now, made if it is not there.

    Pressing twice finds the same donation. Raises NothingOwed or PaymentPending.
    """
    rows = Guest.objects.select_related("event", "invitation__contact")
    wish = Wish.of_guest(rows.get(pk=guest_id))
    return asked_for(wish, at or timezone.now())


def asked_for(wish: Wish, at: datetime) -> Donation:
    """The donation for this wish. Needs a transaction; locks the guests it is for.

    What is paid already is left out. Raises NothingOwed, PaymentPending, or
    CheckoutRefused for an amount nobody would take, and of who is forgotten.
    """
    people = _locked(wish.guest_ids)
    hold_money(wish.guest_ids)
    _check_known(wish, people)
    owed = _owed(people)
    if not owed and not wish.extra_cents:
        raise NothingOwed
    covers = {row.pk: row.left_cents for row in owed}
    if is_pending(covers, live_ones(wish.guest_ids).filter(**CHARGE)):
        raise PaymentPending
    return _found(wish, covers, at) or _made(wish, people, owed, at)


def in_the_way(wish: Wish, wanted: Donation, success_url: str) -> list[int]:
    """Donations with an open page for what the wanted one settles too.

    So is its own page that leads back to where this browser may not go: two open
    pages could both be paid. Needs the locks of `asked_for`.
    """
    pages = live_ones(wish.guest_ids)
    if wanted.purpose == GIFT:
        pages = pages.none()
    others = pages.exclude(donation=wanted, success_url=success_url)
    return list(others.values_list("donation", flat=True).distinct())


def hold_money(guest_ids: Sequence[int]) -> None:
    """Lock what was begun for these guests, whose locks the caller holds.

    Stripe's word is written under a donation's lock and no guest's. Without this one
    it comes between two looks: the first finds something owed, the second finds nobody
    paying for it, and it is asked for twice.
    """
    begun = Settlement.objects.filter(obligation__guest__in=guest_ids)
    rows = Donation.objects.locked().filter(pk__in=begun.values("donation"))
    list(rows.order_by("pk").only("pk"))


def _locked(guest_ids: Sequence[int]) -> list[Guest]:
    rows = Guest.objects.locked().select_related("event").filter(pk__in=guest_ids)
    return list(rows.order_by("pk"))


def _check_known(wish: Wish, people: Sequence[Guest]) -> None:
    """The wish was read before the lock: it may name who has been forgotten since."""
    events = [wish.event, *(row.event for row in people)]
    over = any(event.guests_erased_at is not None for event in events)
    if over or any(row.erased_at is not None for row in people):
        words = _("The guests of this evening are forgotten: nothing was charged.")
        raise checkout.CheckoutRefused(words)


def _owed(people: Sequence[Guest]) -> list[Obligation]:
    rows = Obligation.objects.unpaid().filter(guest__in=people)
    return list(rows.order_by("guest", "pk"))


def is_pending(owed: Collection[int], live: QuerySet[DonationAttempt]) -> bool:
    """Whether somebody is paying these obligations already.

    A bank is at work on it, or one of the `live` attempts that a caller cannot wait
    for: a saved card's charge, and beside cash also an open page.
    """
    if not owed:
        return False
    settling = Donation.objects.filter(settlements__obligation__in=owed)
    under_way = settling.filter(state=Donation.State.PROCESSING)
    return under_way.exists() or live.exists()


def live_ones(guest_ids: Sequence[int]) -> QuerySet[DonationAttempt]:
    """Open pages and charges under way for what these guests owe, or owed."""
    return DonationAttempt.objects.live().filter(
        donation__settlements__obligation__guest__in=guest_ids
    )


def _found(wish: Wish, covers: dict[int, int], at: datetime) -> Donation | None:
    same = Donation.objects.filter(
        event=wish.event,
        source=Donation.Source.STRIPE,
        state__in=Donation.PAYABLE,
        **wish.donor.columns,
        declines_reward=wish.declines_reward,
        amount_cents=sum(_amounts(wish, covers)),
        fee_cover_cents=_amounts(wish, covers)[-1],
    )
    if covers:
        same = same.filter(settlements__obligation__in=covers).distinct()
    elif wish.donor_email:
        fresh = at - SAME_GIFT
        same = same.filter(settlements=None, purpose=GIFT, created_at__gt=fresh)
    else:
        return None
    for donation in same.order_by("-pk"):
        if _settles(donation) == covers:
            return donation
    return None


def _settles(donation: Donation) -> dict[int, int]:
    """What paying it would settle, by obligation.

    After a correction it may have been carried over from one that is void.
    """
    rows = donation.settlements.exclude(obligation__state=Obligation.State.VOID)
    return dict(rows.values_list("obligation_id", "amount_cents"))


def _amounts(wish: Wish, covers: dict[int, int]) -> tuple[int, int, int]:
    """What is owed, what is given on top, and what covers the fees of both."""
    owed = sum(covers.values())
    whole = owed + wish.extra_cents
    return owed, wish.extra_cents, fees.cover_cents(whole) if wish.covers_fees else 0


def _made(
    wish: Wish, people: Sequence[Guest], owed: Sequence[Obligation], at: datetime
) -> Donation:
    parts, words = [], proposals(wish.event, people)
    for guest in people:
        cents = sum(row.left_cents for row in owed if row.guest_id == guest.pk)
        if cents:
            parts.append(checkout.Part(guest.name, ADMISSION, cents, words[guest.pk]))
    if wish.extra_cents:
        parts.append(checkout.Part(wish.donor_name, GIFT, wish.extra_cents))
    covers = {row.pk: row.left_cents for row in owed}
    donation = checkout.create_donation(
        wish.event,
        wish.donor,
        parts,
        fee_cover_cents=_amounts(wish, covers)[-1],
        declines_reward=wish.declines_reward,
        at=at,
    )
    Settlement.objects.bulk_create(
        Settlement(obligation_id=pk, donation=donation, amount_cents=cents)
        for pk, cents in covers.items()
    )
    return donation
