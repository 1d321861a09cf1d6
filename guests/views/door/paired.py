"""What a phone says of itself: it takes a desk, tells how it does, gives it back."""

import json
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from guests.door import devices
from guests.forms.phones import BeatForm, QueueForm
from guests.models import Device
from guests.realms import device_realm
from guests.views.door.access import for_known_phones, for_phones, open_door
from losers_lounge import links
from losers_lounge.throttle import Throttle, network

WRONG_CODES = Throttle("pairing_codes", most=30, seconds=300, most_of_all=3000)
MOST_BYTES = 2000


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest, token: str) -> HttpResponse:
    """Take a desk, by a press; a code that opens nothing says the same, whyever."""
    at = timezone.now()
    try:
        if request.method != "POST":
            device = devices.offered(token, at)
            context = {"event": device.event, "desk": device}
            response = render(request, "guests/pair.html", context)
        else:
            device = devices.claim(token, at)
            response = redirect(_desk(device), device.event.slug)
            device_realm.remember(response, device, at)
    except devices.CodeSpent:
        response = _spent(request, token)
    # Kept from others; under "no-referrer" the press would come from Origin null.
    response["Referrer-Policy"] = "same-origin"
    return response


def _spent(request: HttpRequest, token: str) -> HttpResponse:
    """Where this very phone stands already, or the one page for every other code."""
    device = device_realm.of(request, timezone.now())
    lookup, mac = links.split_token(token)
    if device is not None and device.public_id == lookup:
        return redirect(_desk(device), device.event.slug)
    if not WRONG_CODES.admit(network(request)):
        return WRONG_CODES.refusal(request)
    return render(request, "guests/pair_spent.html", status=HTTPStatus.NOT_FOUND)


@for_phones
@require_POST
def door_unpair(request: HttpRequest, slug: str) -> HttpResponse:
    """A phone gives its desk back, once nothing waits in it."""
    access, at = open_door(request, slug), timezone.now()
    device = access.actor.device
    if device is None:
        return redirect("guests:door", slug)
    form = QueueForm(request.POST)
    queued = (form.cleaned_data.get("queued") or 0) if form.is_valid() else 1
    try:
        devices.give_back(device, queued, at)
    except devices.ScansWaiting as waiting:
        messages.error(request, _still_waiting(waiting.count))
        return redirect(_desk(device), slug)
    response = render(request, "guests/door_given_back.html", {"event": access.event})
    device_realm.forget(response)
    return response


@for_known_phones
@never_cache
@require_POST
def door_beat(request: HttpRequest, slug: str) -> HttpResponse:
    """What a phone says of itself every quarter minute; an account says nothing.

    One that was shut out may still say that what it held is in; it hears 410.
    """
    access, at = open_door(request, slug), timezone.now()
    device = access.actor.device
    if device is None:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    form = BeatForm(_said(request))
    if not form.is_valid():
        return JsonResponse({"error": "not a beat"}, status=HTTPStatus.BAD_REQUEST)
    devices.beat(device, **form.cleaned_data, at=at)
    is_open = devices.is_open(device, at)
    status = HTTPStatus.OK if is_open else HTTPStatus.GONE
    return JsonResponse({"as_of": at.isoformat()}, status=status)


def _said(request: HttpRequest) -> dict[str, Any]:
    """The body as JSON; anything else is nothing said."""
    if request.content_type != "application/json" or len(request.body) > MOST_BYTES:
        return {}
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _desk(device: Device) -> str:
    is_trophies = device.role == Device.Role.TROPHIES
    return "guests:trophies" if is_trophies else "guests:door"


def _still_waiting(count: int) -> str:
    text = ngettext(
        "%(n)d scan waits in this phone. Keep the page open until it is in; then give "
        "the desk back.",
        "%(n)d scans wait in this phone. Keep the page open until they are in; then "
        "give the desk back.",
        count,
    )
    return text % {"n": count}
