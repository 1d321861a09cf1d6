"""What the trophy desk's pages show, read in a constant number of queries."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from events import outbox
from events.access import HOST
from events.models import Event
from guests.door import Card, pins
from guests.forms.trophies import IDENTITIES, TrophyForm
from guests.models import HandOver, Trophy, TrophyOutcome
from guests.trophies import custody, tags
from guests.trophies.hand_over import TRIES, is_begun_by
from guests.views.door.access import TROPHIES, DoorAccess

Outcome = TrophyOutcome.Outcome
# What a checker may record with one press; a host's word is asked for apart.
SAID = (Outcome.NO_STATUE, Outcome.LATER, Outcome.REFUSED)


def sees_names(access: DoorAccess) -> bool:
    """Whether the board names who has not come: the door sees whom it searches."""
    device = access.actor.device
    return HOST in access.roles or (device is not None and device.role == TROPHIES)


def card_part(access: DoorAccess, card: Card, form: TrophyForm | None = None) -> dict:
    """What the card's part about statues needs."""
    absent, zone = card.statues_absent, access.event.zone
    is_host = HOST in access.roles
    asks_pin = bool(absent) and not is_host
    return {
        "trophy_form": form or TrophyForm(statues=absent),
        "statues_absent": absent,
        "statues_said": [(row, row.sentence(zone)) for row in absent if row.said],
        "said_choices": [(value, Outcome(value).label) for value in SAID],
        "is_host": is_host,
        "hosts_with_pin": pins.hosts_with_pin(access.event) if asks_pin else [],
    }


def trophy_of(event: Event, trophy_id: int) -> Trophy:
    """One statue of this event, or 404."""
    rows = event.trophies.select_related(
        "guest__invitation__contact", "nomination__category"
    )
    return get_object_or_404(rows, pk=trophy_id)


def hand_over_of(event: Event, hand_over_id: int) -> HandOver:
    """One hand-over of this event, or 404."""
    rows = HandOver.objects.filter(trophy__event=event)
    return get_object_or_404(rows.select_related("trophy"), pk=hand_over_id)


def statue_page(
    request: HttpRequest,
    access: DoorAccess,
    trophy: Trophy,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    """A statue with all that may be done with it, and what was done so far."""
    trophy.event = access.event
    open_one = custody.open_ones([trophy.pk]).first()
    asks_for_code = open_one is not None and open_one.is_proxy
    context = {
        **access.context,
        "trophy": trophy,
        "form_is_gone": "code_form" in forms and not asks_for_code,
        # The pictures themselves come one by one.
        "photos": trophy.photos.defer("jpeg"),
        "moves": trophy.moves.all(),
        "hand_over": open_one,
        "is_mine": open_one is not None and is_begun_by(open_one, access.actor),
        "needs_second": access.event.second_confirmation_required,
        "mail_waits": _waits(open_one, access.event),
        "tries_left": TRIES - open_one.wrong_codes if open_one else TRIES,
        "identities": IDENTITIES.items(),
        "can_be_written_to": bool(trophy.guest.invitation.contact.email),
        "is_host": HOST in access.roles,
        "tag_url": tags.url_of(access.event, trophy.tag),
        **forms,
    }
    return render(request, "guests/trophy_detail.html", context, status=status)


def _waits(hand_over: HandOver | None, event: Event) -> bool:
    """Whether the owner's code is written, and held with the event's mail."""
    is_by_code = hand_over is not None and hand_over.is_proxy
    return is_by_code and outbox.holds_mail_of(event)
