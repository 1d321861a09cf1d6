"""Who a checker looks for: by the pass they carry, or by a few letters of a name."""

from django.db.models import Exists, Q

from events.models import Event
from guests.models import Guest
from losers_lounge import links
from losers_lounge.names import fold

SEARCH_LENGTH = 2
SEARCH_ROWS = 20


def pass_holder(token: str) -> Guest | None:
    """The guest whose QR code this is, of whatever event; None for a retired one."""
    lookup, mac = links.split_token(token)
    guest = (
        Guest.objects.select_related("invitation", "event", "merged_into__event")
        .filter(public_id=lookup)
        .first()
    )
    if guest is None:
        return None
    version = guest.invitation.link_version
    if not links.is_genuine("pass", lookup, version, mac):
        return None
    return guest.merged_into or guest


def find_by_pass(event: Event, token: str) -> Guest | None:
    """The guest whose QR code this is; None for another event's or a retired one."""
    guest = pass_holder(token)
    return guest if guest is not None and guest.event_id == event.pk else None


def search(event: Event, text: str) -> list[Guest]:
    """People on the list whose names, in any spelling, hold every word typed.

    Each with `is_over`: whether the night is signed off.

    Nobody for less than two letters, and never more than one row beyond twenty: the
    door looks somebody up, it does not read the list.
    """
    if not is_searchable(text):
        return []
    every = Q()
    for word in fold(text).split()[:8]:
        every &= Q(search_key__contains=word)
    found = event.guests.on_the_list().filter(every).select_related("plus_one_of")
    found = found.annotate(is_over=is_over(event))
    return list(found.order_by("name_key", "pk")[: SEARCH_ROWS + 1])


def is_over(event: Event) -> Exists:
    """Whether the night is signed off, asked along with whatever is looked for."""
    return Exists(event.closings.standing())


def is_searchable(text: str) -> bool:
    """Whether this is enough of a name to look for."""
    return len(fold(text).replace(" ", "")) >= SEARCH_LENGTH
