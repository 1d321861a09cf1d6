"""Who may stand at the door: the team by account, and phones that a host paired."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from events.access import Access, open_event
from events.models import Member
from guests.actors import Actor
from guests.door import devices, lookups
from guests.models import Device
from guests.realms import device_realm
from losers_lounge.throttle import Throttle

DOOR, TROPHIES = Device.Role.DOOR.value, Device.Role.TROPHIES.value
# Eight statues in ten minutes with all their pictures; a queue brings fewer.
PICTURES = Throttle("door_pictures", most=60, seconds=600)
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class DoorAccess(Access):
    """An event, and who presses there: an account of the team, or a phone."""

    actor: Actor

    @property
    def is_counted(self) -> bool:
        """Whether it is counted whom they look up; a host has the list anyway."""
        return Member.Role.HOST.value not in self.roles

    @property
    def context(self) -> dict[str, object]:
        return {**super().context, "actor": self.actor, "device": self.actor.device}


def for_phones(view: View) -> View:
    """A view that an account of the team or a paired phone may open.

    Whoever is neither is sent to the login, whatever they ask; a phone that was shut
    out, or whose hour is over, is told so with 410. The view itself asks `open_door`
    for the event.
    """
    return _opened(view, also_shut_out=False)


def for_known_phones(view: View) -> View:
    """As `for_phones`, but a phone that was shut out may still hand in what it holds.

    The view asks `devices.is_open(request.device, at)` before it believes any of it.
    """
    return _opened(view, also_shut_out=True)


def _opened(view: View, *, also_shut_out: bool) -> View:
    counted = one_by_one(view)

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            request.device = device_realm.known(request)
            if request.device is None:
                return redirect_to_login(request.get_full_path())
            is_open = devices.is_open(request.device, timezone.now())
            if not (is_open or also_shut_out):
                return gone(request, request.device)
        return counted(request, *args, **kwargs)

    opened.for_phones = True
    return login_not_required(opened)


def one_by_one(view: View) -> View:
    """Whoever looks up more people than a door lets in is told to wait, with 429."""

    @wraps(view)
    def slowed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except lookups.TooMany as too_many:
            return _slowly(request, too_many)

    return slowed


def pictures_slowly(view: View) -> View:
    """A form with a picture: drawing it anew takes work, whatever becomes of it.

    Inside `for_phones`, for it is counted by phone or account.
    """

    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_account = request.user.is_authenticated
        who = Actor.of(request.user if is_account else request.device).key
        has_pictures = request.method == "POST" and bool(request.FILES)
        if has_pictures and not PICTURES.admit(who):
            return PICTURES.refusal(request)
        return view(request, *args, **kwargs)

    return counted


def gone(request: HttpRequest, device: Device) -> HttpResponse:
    """The page of a phone that may do nothing more here, and why."""
    context = {"event": device.event, "device": device}
    status = HTTPStatus.GONE
    response = render(request, "guests/door_gone.html", context, status=status)
    response["Cache-Control"] = "no-store"
    # A part of a page that asks for news is told to load the whole page anew.
    response["HX-Refresh"] = "true"
    return response


def _slowly(request: HttpRequest, too_many: lookups.TooMany) -> HttpResponse:
    """This phone or account has looked up a door's worth of people, and waits."""
    status, seconds = HTTPStatus.TOO_MANY_REQUESTS, too_many.throttle.seconds
    if request.content_type == "application/json":
        words = _(
            "That was too much at once. It is kept on the phone; try again later."
        )
        response: HttpResponse = JsonResponse({"error": words}, status=status)
    else:
        rows_only = request.htmx.target == "door-found"
        name = "_door_slowly" if rows_only else "door_slowly"
        response = render(request, f"guests/{name}.html", status=status)
    response["Cache-Control"] = "no-store"
    response["Retry-After"] = str(seconds)
    return response


def open_door(request: HttpRequest, slug: str, *desks: str) -> DoorAccess:
    """The event, for the door's team and for phones paired for one of these desks.

    Without desks named, a phone of any desk may. A foreign event and a missing one
    are the same 404. Only for views that are marked `for_phones`.
    """
    if request.user.is_authenticated:
        access = open_event(request.user, slug, Member.Role.DOOR.value)
        return DoorAccess(access.event, access.roles, Actor.of(request.user))
    device = request.device
    if device.event.slug != slug or (desks and device.role not in desks):
        raise Http404
    return DoorAccess(device.event, frozenset(), Actor.of(device))
