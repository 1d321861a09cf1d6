"""What wants a host's eye: the door's questions, mail, leaks, who waits, the money."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from donations import totals
from donations.totals import Totals
from events.models import Event, Message
from guests import name_requests
from guests.door import requests
from guests.invitations import Unsent
from guests.models import Guest
from guests.realms import link_uses
from guests.realms.link_uses import Leak

# Mail that a person has to look at, and what the post room calls it.
WANT_A_HAND = (
    Message.State.BOUNCED,
    Message.State.COMPLAINED,
    Message.State.FAILED,
    Message.State.UNKNOWN,
)


@dataclass(frozen=True)
class Attention:
    """Read for hosts alone, in a constant number of queries."""

    mails: list[tuple[str, str, int]]  # state, its words, how many
    leaks: list[tuple[Leak, Guest]]
    waiting: int
    asked: int  # by the door, and no host has answered
    without_address: int  # invitations that no letter can carry
    names: int  # asked for by guests after the list was closed
    raised: Totals

    @property
    def is_quiet(self) -> bool:
        """Nothing waits for a host; who waits for a seat is no question to them."""
        asks = (self.mails, self.leaks, self.asked, self.without_address, self.names)
        return not any(asks)


def of(event: Event, counts: dict[str, int], unsent: Unsent, at: datetime) -> Attention:
    """What stands out now; `counts` are the people on the list by answer."""
    return Attention(
        mails=_mails(event),
        leaks=_leaks(event),
        waiting=counts[Guest.Answer.WAITLISTED],
        asked=requests.open_count(event),
        without_address=unsent.without_address,
        names=name_requests.open_in(event).count(),
        raised=totals.for_event(event, at),
    )


def _mails(event: Event) -> list[tuple[str, str, int]]:
    rows = event.messages.filter(state__in=WANT_A_HAND).order_by()
    found = dict(rows.values_list("state").annotate(n=Count("pk")))
    return [
        (state.value, str(state.label), found[state])
        for state in WANT_A_HAND
        if state in found
    ]


def _leaks(event: Event) -> list[tuple[Leak, Guest]]:
    """Each with somebody of the invitation, to whose page a host can go."""
    leaks = link_uses.leaked(event)
    people = Guest.objects.principals().filter(
        invitation__in=[leak.invitation for leak in leaks]
    )
    first = {guest.invitation_id: guest for guest in people.order_by("-pk")}
    return [
        (leak, first[leak.invitation.pk])
        for leak in leaks
        if leak.invitation.pk in first
    ]
