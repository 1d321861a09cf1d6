"""The readiness board: one page to look at before the doors open, and after."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.access import DOOR, HOST, open_event
from guests import readiness


@never_cache
@require_safe
def readiness_board(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether the door is ready, as far as rows can tell."""
    access, at = open_event(request.user, slug, DOOR), timezone.now()
    lights = readiness.board(access.event, at)
    context = {
        **access.context,
        "lights": lights,
        "amber": sum(not light.is_good for light in lights),
        "as_of": at,
        "is_host": HOST in access.roles,
    }
    return render(request, "guests/readiness.html", context)
