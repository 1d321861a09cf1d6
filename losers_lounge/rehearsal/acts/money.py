"""Winners pay as they would: on the hosted page, over the wire, with any card.

Money runs on Stripe's own clock, which no script can turn.
"""

from django.utils import timezone

from donations import checkout, reconciliation, settlement
from donations.models import Reconciliation
from guests import payments
from guests.models import Guest
from losers_lounge.counted import counted
from losers_lounge.rehearsal import donor
from losers_lounge.rehearsal.script import Act
from losers_lounge.rehearsal.stage import Otherwise, Stage

CARDS = ("good", "declined")


def pay(stage: Stage, act: Act) -> str:
    """`who` gives what is owed; `cards` are tried in turn, one good one unless told."""
    guest = stage.guest(act.text("who"))
    cards = act.texts("cards") or ["good"]
    try:
        donation = payments.donation_for(guest.pk)
        for card in cards:
            _try_card(guest, card)
    except payments.NothingOwed:
        raise Otherwise(f"{guest} owes nothing") from None
    except payments.PaymentPending:
        raise Otherwise(f"{guest}: a payment is on its way already") from None
    donation = settlement.confirm_return(donation.pk)
    if donation.settles != ("good" in cards):
        raise Otherwise(f"{guest}: the donation is {donation.get_state_display()}")
    return f"{guest}: {', then '.join(cards)}, {donation.get_state_display().lower()}"


def _try_card(guest: Guest, card: str) -> None:
    """Open the payment page, the same one while it is open, and use a card on it."""
    wish = payments.Wish.of_guest(guest)
    try:
        url = payments.payment_page(wish, payments.Way("/"), at=timezone.now())
    except checkout.CheckoutFailed as refusal:
        raise Otherwise(f"{guest}: {refusal}") from None
    if card not in CARDS:
        raise Otherwise(f"{card!r} is no card: write good or declined.")
    answered = donor.give(url, card)
    if answered.status != 303:
        raise Otherwise(f"The payment page answered {answered.status}")


def reconcile(stage: Stage, act: Act) -> str:
    """Compare the rehearsal's own account with Stripe's books."""
    account = stage.event.charity.stripe_account_id
    run = reconciliation.reconcile(account, at=timezone.now())
    if run.verdict != Reconciliation.Verdict.MATCHED:
        raise Otherwise(f"{run.difference_cents} cents differ from Stripe")
    movements = counted(run.stripe_entries, "movement")
    return f"{movements} at Stripe and here: equal to the cent"
