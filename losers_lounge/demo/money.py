"""Money that was given before the night, so that its rooms have something to show.

Every cent goes the way of a real one: a payment page at the stand-in, a settlement, a
letter. Friends who are on no guest list gave it, and the night itself is untouched.
"""

import io
from dataclasses import dataclass
from datetime import datetime

from PIL import Image, ImageDraw

from donations import checkout, manual_gifts, payouts, pledges, refunds, settlement
from donations.checkout import Part
from donations.donor import Donor
from donations.manual_gifts import Taken
from donations.models import Donation
from donations.reconciliation import reconcile
from donations.rewards import propose
from events.models import Event, User
from guests.models import Guest
from guests.pledges import Press, agree
from losers_lounge.stand_in.server import StandIn

PLEDGED_BY = "Aaron Paul"
BACK = "http://127.0.0.1/"


@dataclass(frozen=True)
class Friend:
    """Somebody who gave, and what became of it."""

    name: str
    cents: int
    credit_name: str = ""
    then: str = ""


BEFORE_THE_PAYOUT = (
    Friend("Ada Lindqvist", 250_000, "Ada Lindqvist"),
    Friend("Otto Brandt", 5_000, "Otto Brandt"),
    Friend("Mei Tanaka", 25_000),
)
AFTER_THE_PAYOUT = (
    Friend("Theo Achterberg", 10_000, then="refund"),
    Friend("Rosalind Park", 50_000, "Rosalind Park"),
    Friend("Sam Nobody", 40_000, then="dispute"),
)


def load(event: Event, stand_in: StandIn, at: datetime) -> None:
    """Give, refund, dispute, pledge, pay out and reconcile; done once."""
    if event.donations.exists():
        return
    finn = User.objects.get(email="finn@example.com")
    amy = User.objects.get(email="amy@example.com")
    account = event.charity.stripe_account_id
    for friend in BEFORE_THE_PAYOUT:
        _gives(event, friend, stand_in, at)
    payout = stand_in.bank.pay_out(account)
    stand_in.bank.arrive(payout["id"], account)
    payouts.settle(account, payout["id"], at=at)
    for friend in AFTER_THE_PAYOUT:
        donation = _gives(event, friend, stand_in, at)
        if friend.then == "refund":
            _goes_back(donation, finn, at)
        elif friend.then == "dispute":
            stand_in.issuer.dispute(donation.payment_intent_id, reason="fraudulent")
            settlement.settle(donation.pk, at=at)
    _cash(event, amy, finn, at)
    _pledge(event, stand_in, at)
    reconcile(account, at=at)


def _gives(event: Event, friend: Friend, stand_in: StandIn, at: datetime) -> Donation:
    """On the payment page, as anybody does."""
    email = f"{friend.name.split()[-1].lower()}@example.com"
    donor = Donor(friend.name, email, friend.credit_name)
    part = _part(event, friend.name, friend.cents)
    donation = checkout.create_donation(event, donor, [part], at=at)
    url = checkout.open_checkout(donation.pk, success_url=BACK, cancel_url=BACK, at=at)
    stand_in.pay(url.rsplit("/", 1)[1])
    return settlement.settle(donation.pk, at=at)


def _part(event: Event, name: str, cents: int) -> Part:
    words = propose(name, "for the children", f"{event.starts_at:%Y}")
    return Part(name, Donation.Purpose.GIFT, cents, words)


def _goes_back(donation: Donation, by: User, at: datetime) -> None:
    refund = refunds.request(
        donation.pk,
        donation.amount_cents,
        "He meant to give it to the other charity.",
        by=by,
        nonce=f"demo-{donation.pk}",
        at=at,
    )
    refunds.carry_out(refund.pk, at)


def _cash(event: Event, by: User, second: User, at: datetime) -> None:
    """One gift signed by two, and one that waits for its second name."""
    for name, cents, is_signed in (
        ("Grace Okafor", 20_000, True),
        ("Hugo Marsh", 30_000, False),
    ):
        taken = Taken("cash", _photo(name, cents), f"demo-{name}")
        part = _part(event, name, cents)
        gift = manual_gifts.enter(event, Donor(name), [part], taken, by=by, at=at)
        if is_signed:
            manual_gifts.sign(gift.pk, by=second, at=at)


def _photo(name: str, cents: int) -> bytes:
    """Not a photo of money, which printers and people are shy of."""
    picture = Image.new("RGB", (800, 600), "#3f5d48")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((60, 60, 740, 540), fill="#f4efdf")
    pen.text((400, 260), name, fill="#222", anchor="mm", font_size=56)
    pen.text((400, 350), f"${cents // 100}", fill="#222", anchor="mm", font_size=56)
    file = io.BytesIO()
    picture.save(file, "JPEG")
    return file.getvalue()


def _pledge(event: Event, stand_in: StandIn, at: datetime) -> None:
    """A nominee whose category is still open saved a card, should he win."""
    guest = Guest.objects.get(event=event, name=PLEDGED_BY)
    pledge = agree(guest.pk, Press(at))
    url = pledges.setup_page(pledge.pk, success_url=BACK, cancel_url=BACK, at=at)
    stand_in.save_card(url.rsplit("/", 1)[1])
    pledges.settle_setup(pledge.pk, at=at)
