"""What a door phone asks in the background: news, and its list for a dead network."""

import json

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guests.door import lookups
from guests.door.news import card_news, news
from guests.door.sealing import BadKey
from guests.door.snapshot import snapshot, tell_key
from guests.models import Device
from guests.views.door.access import DoorAccess, for_phones, open_door
from losers_lounge.whole_number import whole_number

MAX_KEY = 120


@for_phones
@never_cache
@require_safe
def door_news(request: HttpRequest, slug: str) -> JsonResponse:
    """The door's figures, and a word that changes with the card of `?guest=`."""
    access = open_door(request, slug)
    told = {"as_of": timezone.now().isoformat(), **news(access.event)}
    told |= _about_card(access, request.GET.get("guest", ""))
    # A page that was kept for a dead network holds no token: here is this one's.
    return JsonResponse(told | {"csrf": get_token(request)})


def _about_card(access: DoorAccess, guest_id: str) -> dict[str, str]:
    """Numbers of nobody are counted, as everywhere at the door: they can be tried."""
    key = whole_number(guest_id)
    if key is None:
        return {}
    guest = access.event.guests.filter(pk=key).first()
    if guest is not None:
        return card_news(guest)
    if access.is_counted:
        lookups.note_nobody(access.event, access.actor)
    return {}


@for_phones
@require_POST
def door_key(request: HttpRequest, slug: str) -> HttpResponse:
    """The phone tells the public key that its offline list is sealed for."""
    device = _phone(request, slug)
    try:
        tell_key(device, request.POST.get("key", "")[:MAX_KEY])
    except BadKey:
        return HttpResponse(status=400)
    return HttpResponse(status=204)


@for_phones
@never_cache
@require_safe
def door_snapshot(request: HttpRequest, slug: str) -> HttpResponse:
    """The list as it is now, for this phone alone to open; 409 before it told a key."""
    device = _phone(request, slug)
    try:
        told = snapshot(device, timezone.now())
    except BadKey:
        return HttpResponse(status=409)
    text = json.dumps(told, separators=(",", ":"))
    return HttpResponse(text, content_type="application/json")


def _phone(request: HttpRequest, slug: str) -> Device:
    """The paired phone that asks; an account of the team has no list to keep."""
    device = open_door(request, slug).actor.device
    if device is None:
        raise Http404
    return device
