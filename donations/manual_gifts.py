"""Cash and cheques: entered by one, counted again and signed by somebody else.

Money that two people have seen, with a photo of it. It settles, is thanked for and
receipted as any other, and stands in no sum of Stripe's and in no reconciliation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from donations import ledger, receipts, rewards
from donations.checkout import CheckoutRefused, Part, create_donation
from donations.donor import Donor
from donations.models import Donation, LedgerEntry, ManualGift
from events import activity
from events.models import Event, User
from losers_lounge.money import format_cents

State = Donation.State


class SamePerson(Exception):
    """Whoever took the money cannot be the second one who counts it.

    Nor who says, once it was counted, that there was none.
    """


class IsVoid(Exception):
    """This gift was entered by mistake: nothing more is done with it."""


@dataclass(frozen=True)
class Taken:
    """What was put on the table, as whoever took it says."""

    kind: str
    # A JPEG from photo.as_jpeg.
    photo: bytes
    nonce: str
    cheque_number: str = ""
    note: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """As the gift's row keeps it."""
        return {
            "kind": ManualGift.Kind(self.kind),
            "photo": self.photo,
            "nonce": self.nonce,
            "cheque_number": self.cheque_number,
            "note": self.note,
        }


@transaction.atomic
def enter(
    event: Event,
    donor: Donor,
    parts: Sequence[Part],
    taken: Taken,
    *,
    by: User,
    at: datetime,
) -> ManualGift:
    """Write down money that lies on the table; it counts from the second name on.

    The same press again is the same gift. Raises CheckoutRefused for an amount that
    is none, and for a form that was sent once and says something else now.
    """
    # Two presses of one button wait for one another here.
    Event.objects.locked().get(pk=event.pk)
    known = ManualGift.objects.filter(nonce=taken.nonce).first()
    if known is not None:
        _check_same(known.donation, event, donor, parts)
        return known
    gift = ManualGift.objects.create(
        donation=_under_way(event, donor, parts, at),
        **taken.columns,
        received_at=at,
        received_by=by,
        received_by_name=str(by)[:200],
    )
    _log(gift, by, noop("took a gift by hand"), at)
    return gift


def _under_way(
    event: Event, donor: Donor, parts: Sequence[Part], at: datetime
) -> Donation:
    """As a bank's is: whoever would pay for the same is told to wait."""
    donation = create_donation(event, donor, parts, at=at)
    donation.source, donation.state = Donation.Source.MANUAL, State.PROCESSING
    donation.save(update_fields=["source", "state"])
    return donation


def _check_same(
    known: Donation, event: Event, donor: Donor, parts: Sequence[Part]
) -> None:
    """A browser that goes back shows the old form: money would be lost in silence."""
    said = (event.pk, donor.name, sum(part.amount_cents for part in parts))
    if said != (known.event_id, known.donor_name, known.amount_cents):
        words = _(
            "This form was already sent, with something else in it. Open it again."
        )
        raise CheckoutRefused(words)


@transaction.atomic
def sign(gift_id: int, *, by: User, at: datetime) -> ManualGift:
    """The second person has counted it as well: from now on it is money.

    Again is the same. Raises SamePerson, IsVoid.
    """
    gift = _locked(gift_id)
    if gift.confirmed_at is not None:
        return gift
    if gift.void_at is not None:
        raise IsVoid
    if gift.received_by_id == by.pk:
        raise SamePerson
    gift.confirmed_at, gift.confirmed_by = at, by
    gift.confirmed_by_name = str(by)[:200]
    gift.save(update_fields=["confirmed_at", "confirmed_by", "confirmed_by_name"])
    donation = gift.donation
    donation.state, donation.paid_at = State.PAID, gift.received_at
    donation.save(update_fields=["state", "paid_at"])
    ledger.book_by_hand(donation, _movement_id(gift), donation.amount_cents, at=at)
    _follow(donation, at)
    _log(gift, by, noop("signed for a gift by hand"), at)
    return gift


@transaction.atomic
def void(gift_id: int, reason: str, *, by: User, at: datetime) -> ManualGift:
    """It was no gift, or was given back: a second entry takes the first one back.

    Again is the same. Nothing is deleted: names, photo and reason stay. Raises
    SamePerson when it is signed for, and whoever took it alone would take it back.
    """
    gift = _locked(gift_id)
    if gift.void_at is not None:
        return gift
    if gift.confirmed_at is not None and gift.received_by_id == by.pk:
        raise SamePerson
    gift.void_at, gift.void_by_name, gift.void_reason = at, str(by)[:200], reason
    gift.save(update_fields=["void_at", "void_by_name", "void_reason"])
    donation = gift.donation
    if gift.confirmed_at is None:
        donation.state = State.CANCELED
        donation.save(update_fields=["state"])
    else:
        donation.state, cents = State.REFUNDED, donation.amount_cents
        donation.refunded_cents = cents
        donation.save(update_fields=["state", "refunded_cents"])
        kind, movement_id = LedgerEntry.Kind.REFUND, f"{_movement_id(gift)}_void"
        ledger.book_by_hand(donation, movement_id, -cents, kind=kind, at=at)
        _follow(donation, at)
    _log(gift, by, noop("took back a gift by hand"), at)
    return gift


def _follow(donation: Donation, at: datetime) -> None:
    rewards.bring_up_to_date(donation, at=at)
    receipts.bring_up_to_date(donation, at=at)


def _locked(gift_id: int) -> ManualGift:
    """The gift under its donation's lock. Raises ManualGift.DoesNotExist."""
    owner = ManualGift.objects.values_list("donation").get(pk=gift_id)[0]
    donation = Donation.objects.locked().select_related("event__charity").get(pk=owner)
    gift = ManualGift.objects.defer("photo").get(pk=gift_id)
    gift.donation = donation
    return gift


def _movement_id(gift: ManualGift) -> str:
    return f"manual_{gift.donation.public_id}"


def _log(gift: ManualGift, by: User, verb: str, at: datetime) -> None:
    donation = gift.donation
    words = f"{donation.donor_name}, {format_cents(donation.amount_cents)}"
    about = f"donation/{donation.pk}"
    activity.record(donation.event, by, verb, words, at=at, about=about)
