"""Letters about a pledge: saved, the bank asks, refused, released, taken back."""

from datetime import datetime

from donations.models import Pledge
from events.outbox import Draft
from guests.letters.drafts import draft, moment
from guests.models import GuestPledge

PLEDGE_KEY = "pledge:"
State = Pledge.State
KINDS = {
    State.CARD_SAVED: "pledge_saved",
    State.NEEDS_ACTION: "pledge_bank",
    State.DECLINED: "pledge_declined",
    State.RELEASED: "pledge_released",
    State.WITHDRAWN: "pledge_withdrawn",
}


def pledge(row: GuestPledge, at: datetime) -> Draft:
    """What has become of this guest's pledge; `row.key` is how the outbox knows it.

    Reads the guest's event and contact. It leads to the page on which the card can
    be taken back or changed, or the amount given on the donor's own phone.
    """
    kept, guest = row.pledge, row.guest
    event = guest.event
    guest.invitation.event = event
    tries = at < event.ends_at and guest.answer != guest.Answer.NO
    return draft(
        guest.invitation,
        guest,
        KINDS[State(kept.state)],
        row.key,
        mandate=kept.mandate_text,
        amount_cents=kept.donation.amount_cents if kept.donation else kept.amount_cents,
        card={"brand": kept.card_brand.title(), "last4": kept.card_last4},
        until=moment(event, kept.last_charge_at),
        may_come=tries,
    )
