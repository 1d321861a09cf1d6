"""Names asked for after the list of names was closed: a host decides."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from events.access import HOST, open_event
from guests import name_requests, seats
from guests.models import NameRequest

ANSWERS = {"grant": True, "refuse": False}


@require_safe
def name_list(request: HttpRequest, slug: str) -> HttpResponse:
    """What was asked for, the oldest first."""
    access = open_event(request.user, slug, HOST)
    rows = name_requests.open_in(access.event)
    context = {**access.context, "rows": rows, "seats": seats.of(access.event)}
    return render(request, "guests/name_list.html", context)


@require_POST
def name_decide(request: HttpRequest, slug: str, request_id: int) -> HttpResponse:
    """Grant or refuse one name; the guest's page says which."""
    access = open_event(request.user, slug, HOST)
    get_object_or_404(NameRequest, pk=request_id, event=access.event)
    page = redirect("guests:names", slug)
    is_granted = ANSWERS.get(request.POST.get("decision", ""))
    if is_granted is None:
        messages.error(request, _("Nothing was changed: grant the name or refuse it."))
        return page
    try:
        row = name_requests.decide(
            request_id,
            access.event.pk,
            is_granted=is_granted,
            by=request.user,
            at=timezone.now(),
        )
    except name_requests.RequestClosed:
        text = _("Nothing was changed: that was decided or taken back meanwhile.")
        messages.error(request, text)
    except seats.EventFull:
        text = _("Nothing was changed: no seat is free for one more person.")
        messages.error(request, text)
    else:
        granted = _("%(name)s is on the list; the guest gets a letter.")
        refused = _("Refused %(name)s; the guest's page says so.")
        text = granted if is_granted else refused
        messages.success(request, text % {"name": row.name})
    return page
