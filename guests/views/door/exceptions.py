"""What the door's log could not settle: one sentence each, and one press."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.access import DOOR, open_event
from guests.actors import Actor
from guests.door import exceptions
from guests.door.news import figures
from guests.models import Admission


@never_cache
@require_safe
def exception_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything at the door that nobody has looked at, and what was let stand."""
    access = open_event(request.user, slug, DOOR)
    context = {
        **access.context,
        "rows": exceptions.open_ones(access.event),
        "settled": exceptions.looked_at(access.event),
        "figures": figures(access.event),
    }
    return render(request, "guests/door_exception_list.html", context)


@require_POST
def exception_look(request: HttpRequest, slug: str, admission_id: int) -> HttpResponse:
    """Somebody has seen it, and lets it stand."""
    access = open_event(request.user, slug, DOOR)
    by, at = Actor.of(request.user), timezone.now()
    try:
        exceptions.look(admission_id, access.event, by=by, at=at)
    except Admission.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Noted. It stands."))
    return redirect("guests:door_exceptions", slug)
