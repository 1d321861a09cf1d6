"""Admit? Waive? What the door asks of a host, on the host's own page."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.access import HOST, open_event
from events.models import User
from guests import seats
from guests.door import asked, requests, walk_ins
from guests.forms.asking import DecideForm
from guests.models import DoorRequest
from losers_lounge.names import at_end

State = DoorRequest.State


@never_cache
@require_safe
def request_list(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits for a host; the page asks for news and says nothing new with 204."""
    access = open_event(request.user, slug, HOST)
    rows = requests.open_requests(access.event)
    lately = asked.decided_lately(access.event)
    taken = seats.of(access.event)
    # What the page shows, in a word: as long as it stands there is nothing to say.
    seen = f"{_ids(rows)}.{_ids(lately)}.{taken.left}"
    if request.htmx and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    context = {
        **access.context,
        "asked": asked.explained(access.event, rows),
        "lately": lately,
        "seats": taken,
        "seen": seen,
    }
    name = "_door_request_list" if request.htmx else "door_request_list"
    return render(request, f"guests/{name}.html", context)


@require_POST
def door_decide(request: HttpRequest, slug: str, asked_id: int) -> HttpResponse:
    """A host says yes or no on their own page."""
    access = open_event(request.user, slug, HOST)
    get_object_or_404(access.event.door_requests, pk=asked_id)
    form = DecideForm(request.POST)
    if form.is_valid():
        decide(request, asked_id, form, request.user)
    else:
        messages.error(request, _("Nothing was decided: say yes, or not tonight."))
    return redirect("guests:door_requests", slug)


def decided_words(row: DoorRequest) -> str:
    """How a request was decided, and by whom."""
    text = {
        State.GRANTED: _("%(who)s said yes to %(name)s."),
        State.REFUSED: _("%(who)s said: not tonight, for %(name)s."),
        State.WITHDRAWN: _("%(name)s is no longer asked about."),
        State.OPEN: _("%(name)s still waits for a host."),
    }[State(row.state)]
    return text % {"who": row.decided_by_name, "name": at_end(row.name)}


def decide(
    request: HttpRequest, asked_id: int, form: DecideForm, by: User, on: str = ""
) -> DoorRequest | None:
    """Decide and say what came of it; None when it still waits."""
    is_yes = form.cleaned_data["decision"] == "grant"
    act = requests.grant if is_yes else requests.refuse
    words = form.cleaned_data["words"]
    try:
        row = act(asked_id, by=by, at=timezone.now(), words=words, on=on)
    except requests.AlreadyDecided as told:
        row = told.request
        messages.info(request, decided_words(row))
        return row
    except walk_ins.CannotWelcome as refusal:
        messages.error(request, str(refusal))
        return None
    except seats.EventFull:
        messages.error(request, full_words())
        return None
    messages.success(request, decided_words(row))
    return row


def _ids(rows: Iterable[DoorRequest]) -> str:
    return "-".join(str(row.pk) for row in rows)


def full_words() -> str:
    return _(
        "Every seat is taken, so nothing was decided. Free a seat (somebody who is "
        "not coming, or went home), or raise the seats in the settings."
    )
