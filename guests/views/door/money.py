"""What the door's card says of money, and of what was asked about this person."""

from typing import Any

from django.utils.translation import gettext_lazy

from events.access import HOST
from guests import pledges
from guests.admission import Colour
from guests.door import Card, pins
from guests.models import DoorRequest
from guests.views.door.access import DoorAccess
from losers_lounge import links

WAIVER_REASONS = (
    gettext_lazy("Neither phone nor card with them"),
    gettext_lazy("The card is declined"),
    gettext_lazy("Says no"),
)


def money_keys(access: DoorAccess, card: Card) -> dict[str, Any]:
    """For the card: the code to pay by, the last question, and which hosts have a PIN.

    One query; three more for a winner who has still to give.
    """
    asked = _last_asked(card)
    is_open = asked is not None and asked.state == DoorRequest.State.OPEN
    keys = {
        "asked": asked,
        "may_ask": card.decision.colour == Colour.GREY
        and card.inside_since is None
        and not card.guest.is_over
        and not is_open,
    }
    if card.decision.cents_due:
        guest = card.guest
        version = guest.invitation.link_version
        is_host = HOST in access.roles
        keys |= {
            "pledge": pledges.live(guest),
            "pay_url": links.absolute_url("pay", guest.public_id, version),
            "waiver_reasons": WAIVER_REASONS,
            "waiver_is_asked": is_open,
            "is_host": is_host,
            "hosts": [] if is_host else pins.hosts_with_pin(access.event),
        }
    return keys


def _last_asked(card: Card) -> DoorRequest | None:
    rows = card.guest.door_requests.exclude(state=DoorRequest.State.WITHDRAWN)
    return rows.order_by("-asked_at", "-pk").first()
