"""The undecided board: it shrinks by itself as results come in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.access import open_event
from events.models import Member
from guests import undecided
from guests.actors import Actor
from guests.views.door.access import DOOR, DoorAccess, for_phones, open_door

NOT_MODIFIED = 204


@for_phones
@never_cache
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """Open categories with who waits for them; a paired phone sees numbers alone."""
    access = _open(request, slug)
    found = undecided.board(access.event)
    is_poll = request.htmx.target == "undecided"
    if is_poll and request.GET.get("seen") == found.stamp:
        return HttpResponse(status=NOT_MODIFIED)
    context = {
        **access.context,
        "board": found,
        # The door looks somebody up; it does not read the list.
        "may_read_names": access.actor.device is None,
    }
    template = "guests/_undecided.html" if is_poll else "guests/undecided.html"
    return render(request, template, context)


def _open(request: HttpRequest, slug: str) -> DoorAccess:
    """As the door opens, and for the results desk as well."""
    if not request.user.is_authenticated:
        return open_door(request, slug, DOOR)
    roles = (Member.Role.DOOR.value, Member.Role.RESULTS.value)
    access = open_event(request.user, slug, *roles)
    return DoorAccess(access.event, access.roles, Actor.of(request.user))
