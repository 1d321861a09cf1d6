"""Money's other ways: a saved card, one payment for several, cash, back, disputed.

Each is the product's own function; what a donor presses goes over the wire.
"""

import io
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from PIL import Image

from donations import manual_gifts, pledges, refunds, settlement
from donations.manual_gifts import Taken
from donations.models import Donation, Pledge
from guests import payments
from guests import pledges as guest_pledges
from guests.models import Guest, GuestPledge
from guests.payments import by_hand
from losers_lounge.rehearsal import donor
from losers_lounge.rehearsal.script import Act
from losers_lounge.rehearsal.stage import Otherwise, Stage

State = Pledge.State
A_WEEK = timedelta(days=7)


def pledge(stage: Stage, act: Act) -> str:
    """`who` saves a card, should they win: "good" unless `card` says otherwise."""
    guest, card = stage.guest(act.text("who")), act.text("card", "good")
    now = timezone.now()
    row = _agreed(stage, guest, now + A_WEEK)
    page = {"success_url": "http://127.0.0.1/", "cancel_url": "http://127.0.0.1/"}
    donor.save_card(pledges.setup_page(row.pk, **page, at=now), card)
    row = pledges.settle_setup(row.pk, at=now)
    if row.state != State.CARD_SAVED:
        raise Otherwise(f"{guest}: {row.get_state_display()}")
    return f"{guest} saves a card ({card}), in case"


@transaction.atomic
def _agreed(stage: Stage, guest: Guest, last_charge_at: datetime) -> Pledge:
    """The pledge, to be charged until then. Raises Otherwise.

    A worker beside the stage lives today: to it the mandate of the script's night
    would be long over, so it may not see the row before it has another end.
    """
    press = guest_pledges.Press(at=stage.at)
    try:
        row = guest_pledges.agree(guest.pk, press)
    except guest_pledges.PledgeRefused as refusal:
        raise Otherwise(f"{guest}: {refusal}") from None
    Pledge.objects.filter(pk=row.pk).update(last_charge_at=last_charge_at)
    return row


def charge(stage: Stage, act: Act) -> str:
    """A host lets what may be charged be charged: exactly `paid` and `asked` are."""
    event, by = stage.event, stage.host
    may = guest_pledges.review(event, stage.at)
    wanted = {
        one.row.pledge.public_id: one.charge_cents
        for one in may
        if guest_pledges.may_be_pressed(one)
    }
    guest_pledges.approve(event, wanted, by=by, at=stage.at)
    # A charge that was begun in 2013 is too old to be carried out.
    guest_pledges.follow(timezone.now())
    rows = GuestPledge.objects.filter(guest__event=event).select_related("guest")
    for key, state in (("paid", State.PAID), ("asked", State.NEEDS_ACTION)):
        found = rows.filter(pledge__state=state).order_by("guest__name")
        names = [row.guest.name for row in found]
        if names != sorted(act.texts(key)):
            raise Otherwise(f"{key}: {', '.join(names) or 'nobody'}")
    released = rows.filter(pledge__state=State.RELEASED).count()
    said = {key: ", ".join(act.texts(key)) or "nobody" for key in ("paid", "asked")}
    return (
        f"saved cards: paid {said['paid']}; the bank asks {said['asked']}; "
        f"{released} let go"
    )


def pay_for(stage: Stage, act: Act) -> str:
    """`who` gives once, for themselves and for these `others`."""
    guest = stage.guest(act.text("who"))
    others = [stage.guest(name) for name in act.texts("others")]
    wish = payments.Wish.of_guest(guest, *others)
    url = payments.payment_page(wish, payments.Way("/"), at=timezone.now())
    donor.give(url, "good")
    rows = Donation.objects.filter(event=stage.event, donor_name=guest.name)
    donation = settlement.confirm_return(rows.latest("pk").pk)
    if not donation.settles or donation.parts.count() != len(others) + 1:
        raise Otherwise(f"{guest}: {donation.get_state_display()}")
    return f"{guest} gives for {', '.join(act.texts('others'))} too"


def cash(stage: Stage, act: Act) -> str:
    """`who` pays in cash; one host takes it, another person signs."""
    guest = stage.guest(act.text("who"))
    taken = Taken("cash", _photo(), stage.nonce())
    try:
        gift = by_hand.take(guest.pk, taken, by=stage.announcer, at=stage.at)
    except (payments.NothingOwed, payments.PaymentPending) as refusal:
        raise Otherwise(f"{guest}: {type(refusal).__name__}") from None
    manual_gifts.sign(gift.pk, by=stage.confirmer, at=stage.at)
    return f"{guest} gives in cash, counted by {stage.announcer} and {stage.confirmer}"


def refund(stage: Stage, act: Act) -> str:
    """All that `who` gave is sent back, by a person's press."""
    donation = _given(stage, act)
    now = timezone.now()
    words = {"nonce": stage.nonce(), "by": stage.host, "at": now}
    try:
        row = refunds.request(
            donation.pk, donation.amount_cents, act.text("reason"), **words
        )
    except refunds.RefundRefused as refusal:
        raise Otherwise(f"{donation.donor_name}: {refusal}") from None
    refunds.carry_out(row.pk, now)
    donation.refresh_from_db()
    if donation.state != Donation.State.REFUNDED:
        raise Otherwise(f"{donation.donor_name}: {donation.get_state_display()}")
    return f"sent back to {donation.donor_name}: {act.text('reason')}"


def dispute(stage: Stage, act: Act) -> str:
    """The bank of `who` takes the money back, for now."""
    donation = _given(stage, act)
    donor.dispute(donation.payment_intent_id)
    donation = settlement.settle(donation.pk)
    if donation.state != Donation.State.DISPUTED:
        raise Otherwise(f"{donation.donor_name}: {donation.get_state_display()}")
    return f"the bank of {donation.donor_name} disputes the payment"


def _given(stage: Stage, act: Act) -> Donation:
    who = act.text("who")
    rows = Donation.objects.filter(event=stage.event, donor_name=who)
    found = rows.filter(state=Donation.State.PAID).order_by("pk").last()
    if found is None:
        raise Otherwise(f"{who} has given nothing")
    return found


def _photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "#3f5d48").save(file, "JPEG")
    return file.getvalue()
