"""The door: one search box, one card. GET never lets anybody in."""

from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guests import door
from guests.door import lookups
from guests.forms.desk import CodeForm
from guests.trophies import tags
from guests.views.door.access import DoorAccess, for_phones, open_door
from guests.views.door.presses import find_guest, show_card
from guests.views.door.shell import CAMERA_POLICY
from guests.views.door.shown import search_context, search_page_context
from losers_lounge.throttle import Throttle

WRONG_CODES = Throttle("door_codes", most=20, seconds=300)


@for_phones
@never_cache
@require_safe
@csp_update(CAMERA_POLICY)
def search_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Look somebody up by name; with htmx only the rows, as one types."""
    access = open_door(request, slug)
    text = request.GET.get("q", "")[:200]
    if access.is_counted and door.is_searchable(text):
        lookups.note_search(access.event, access.actor, text)
    if request.htmx.target == "door-found":
        rows = search_context(access, text)
        return render(request, "guests/_door_found.html", rows)
    context = search_page_context(access, text)
    return render(request, "guests/door_search.html", context)


@for_phones
@never_cache
@require_safe
def door_card(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Whether this person comes in, and what to ask for."""
    access = open_door(request, slug)
    return show_card(request, access, find_guest(access, guest_id))


@for_phones
@never_cache
@require_safe
def door_pass(request: HttpRequest, token: str) -> HttpResponse:
    """What a guest's QR code says: the card for the team, nothing for others."""
    guest = door.pass_holder(token)
    if guest is None:
        raise Http404
    access = open_door(request, guest.event.slug)
    return redirect("guests:door_card", access.event.slug, guest.pk)


@for_phones
@require_POST
@csp_update(CAMERA_POLICY)
def door_code(request: HttpRequest, slug: str) -> HttpResponse:
    """A pass that was typed or scanned leads to its card, a tag to its statue."""
    access = open_door(request, slug)
    if WRONG_CODES.is_spent(access.actor.key):
        return _code_refused(request, access, 429)
    form = CodeForm(request.POST)
    token = form.cleaned_data["code"] if form.is_valid() else ""
    tag = tags.number_in(access.event, request.POST.get("code", "")[:500])
    if tag:
        return redirect("guests:trophy_tag", slug, tag)
    guest = door.find_by_pass(access.event, token)
    if guest is None:
        WRONG_CODES.count(access.actor.key)
        return _code_refused(request, access, 404)
    return redirect("guests:door_card", slug, guest.pk)


def _code_refused(
    request: HttpRequest, access: DoorAccess, status: int
) -> HttpResponse:
    """One answer, whatever was wrong with the code."""
    context = search_page_context(access, "") | {"code_is_refused": True}
    return render(request, "guests/door_search.html", context, status=status)
