"""In how many browsers an invitation's link is used: a leak shows by its fourth.

Counted at presses alone. A scanner that opens the page, or runs its scripts, presses
nothing and leaves no row.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max
from django.http import HttpRequest

from events.models import Event
from guests.models import Invitation, LinkUse
from guests.realms import guest_realm

MOST_BROWSERS = 3
SHOWN = 20


@dataclass(frozen=True)
class Leak:
    """An invitation whose present link was used from a fourth browser or more."""

    invitation: Invitation
    browsers: int
    last_at: datetime


def note(request: HttpRequest, invitation: Invitation, at: datetime) -> None:
    """Somebody pressed a button behind this invitation's link; one query.

    A browser without our name for it is not counted, and neither is a second press.
    """
    device = guest_realm.browser(request)
    if not device:
        return
    use = LinkUse(
        invitation=invitation,
        device=device,
        link_version=invitation.link_version,
        first_at=at,
        last_at=at,
    )
    LinkUse.objects.bulk_create(
        [use],
        update_conflicts=True,
        unique_fields=["invitation", "device"],
        update_fields=["link_version", "last_at"],
    )


def of(invitation: Invitation) -> list[LinkUse]:
    """The browsers its present link was used from, the first one first."""
    uses = invitation.link_uses.filter(link_version=invitation.link_version)
    return list(uses.order_by("first_at", "pk"))


def is_leaked(uses: list[LinkUse]) -> bool:
    """Whether so many browsers are more than one household would use."""
    return len(uses) > MOST_BROWSERS


def leaked(event: Event) -> list[Leak]:
    """Invitations used from too many browsers, the latest first, twenty at the most.

    Two queries; `guests` of each invitation are fetched with it.
    """
    counted = (
        LinkUse.objects.filter(
            invitation__event=event, link_version=F("invitation__link_version")
        )
        .order_by()
        .values("invitation")
        .annotate(browsers=Count("pk"), latest=Max("last_at"))
        .filter(browsers__gt=MOST_BROWSERS)
        .order_by("-latest", "invitation")[:SHOWN]
    )
    found = {row["invitation"]: row for row in counted}
    rows = Invitation.objects.select_related("contact").in_bulk(found)
    return [
        Leak(rows[pk], row["browsers"], row["latest"])
        for pk, row in found.items()
        if pk in rows
    ]
