"""The door asks a host: may they come in, may they be let off? Its page waits."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from events.access import HOST
from events.models import Event, Nominee, User
from guests.door import NonceUsed, pins, requests
from guests.door.walk_ins import Visitor
from guests.forms.asking import (
    AskForm,
    PinDecideForm,
    PinWaiveForm,
    WaiveForm,
    first_error,
)
from guests.forms.desk import ReasonForm
from guests.models import DoorRequest, Guest
from guests.views.door.access import DOOR, DoorAccess, for_phones, open_door
from guests.views.door.requests import decide, decided_words
from losers_lounge.throttle import Throttle

State = DoorRequest.State
ASKS = Throttle("door_asks", most=60, seconds=600)


@for_phones
@require_POST
def door_ask(request: HttpRequest, slug: str) -> HttpResponse:
    """One press: may this person, who has no seat, come in?"""
    access = open_door(request, slug, DOOR)
    if not ASKS.admit(access.actor.key):
        return ASKS.refusal(request)
    form = AskForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was asked. Look, then press again."))
        return redirect("guests:door", slug)
    guest, nominee = _person(access.event, form)
    who = Visitor(form.cleaned_data["name"], guest, nominee)
    said = {name: form.cleaned_data[name] for name in ("nonce", "reason")}
    by, at = access.actor, timezone.now()
    try:
        row = requests.ask_walk_in(access.event, who, **said, by=by, at=at)
    except (requests.CannotAsk, NonceUsed) as refusal:
        return _not_asked(request, access, guest, refusal)
    return redirect("guests:door_request", slug, row.pk)


@for_phones
@require_POST
def door_ask_waiver(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """A winner will not pay: may a host let them off?"""
    access = open_door(request, slug, DOOR)
    guest = get_object_or_404(access.event.guests, pk=guest_id)
    if not ASKS.admit(access.actor.key):
        return ASKS.refusal(request)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("guests:door_card", slug, guest.pk)
    said = {name: form.cleaned_data[name] for name in ("nonce", "reason")}
    try:
        row = requests.ask_waiver(guest.pk, **said, by=access.actor, at=timezone.now())
    except (requests.CannotAsk, NonceUsed) as refusal:
        return _not_asked(request, access, guest, refusal)
    return redirect("guests:door_request", slug, row.pk)


@for_phones
@never_cache
@require_safe
def door_request(request: HttpRequest, slug: str, asked_id: int) -> HttpResponse:
    """The checker's page while a host thinks; it turns over by itself."""
    access = open_door(request, slug, DOOR)
    row = _asked(access.event, asked_id)
    if request.htmx:
        is_open = row.state == State.OPEN
        return HttpResponse(status=204) if is_open else _turn(access, row)
    return _page(request, access, row)


@for_phones
@require_POST
def door_pin_decide(request: HttpRequest, slug: str, asked_id: int) -> HttpResponse:
    """A host beside the checker says yes or no with their PIN."""
    access = open_door(request, slug, DOOR)
    row = _asked(access.event, asked_id)
    form = PinDecideForm(request.POST)
    if not form.is_valid():
        return _page(request, access, row, problem=first_error(form), status=422)
    try:
        host = _host(access, form)
    except pins.WrongPin as wrong:
        problem = wrong_pin_words(wrong)
        return _page(request, access, row, problem=problem, status=422)
    row = decide(request, row.pk, form, host, on=str(access.actor)) or row
    return redirect(_place(access, row))


@for_phones
@require_POST
def door_withdraw(request: HttpRequest, slug: str, asked_id: int) -> HttpResponse:
    """The door no longer asks."""
    access = open_door(request, slug, DOOR)
    row = _asked(access.event, asked_id)
    try:
        requests.withdraw(row.pk, by=access.actor, at=timezone.now())
    except requests.AlreadyDecided as told:
        messages.info(request, decided_words(told.request))
        return redirect(_place(access, told.request))
    return redirect("guests:door", slug)


@for_phones
@require_POST
def door_waive(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """A host lets a winner off at the card: by PIN, or on their own phone without."""
    access = open_door(request, slug, DOOR)
    guest = get_object_or_404(access.event.guests, pk=guest_id)
    back = redirect("guests:door_card", slug, guest.pk)
    is_host = HOST in access.roles
    form = (WaiveForm if is_host else PinWaiveForm)(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return back
    said = {name: form.cleaned_data[name] for name in ("nonce", "reason")}
    on = "" if is_host else str(access.actor)
    at = timezone.now()
    try:
        host = request.user if is_host else _host(access, form)
        row = requests.ask_waiver(guest.pk, **said, by=access.actor, at=at)
        requests.grant(row.pk, by=host, at=at, words=form.cleaned_data["reason"], on=on)
    except pins.WrongPin as wrong:
        messages.error(request, wrong_pin_words(wrong))
    except (requests.CannotAsk, NonceUsed) as refusal:
        return _not_asked(request, access, guest, refusal)
    except requests.AlreadyDecided as told:
        messages.info(request, decided_words(told.request))
    return back


def wrong_pin_words(wrong: pins.WrongPin) -> str:
    """What a checker is told; never whether the host or the digits were wrong."""
    if isinstance(wrong, pins.PinsSpent):
        return _("Too many wrong PINs. Call the host, or wait a quarter of an hour.")
    return _("That PIN opens nothing. Nothing was decided.")


def _host(access: DoorAccess, form: PinWaiveForm | PinDecideForm) -> User:
    told = form.cleaned_data
    return pins.check(access.event, told["host"], told["pin"], access.actor.key)


def _person(event: Event, form: AskForm) -> tuple[Guest | None, Nominee | None]:
    """The guest or nominee a form names; Http404 for another event's."""
    told = form.cleaned_data
    guest = nominee = None
    if told["guest"]:
        rows = event.guests.select_related("nominee")
        guest = get_object_or_404(rows, pk=told["guest"])
    elif told["nominee"]:
        nominee = get_object_or_404(event.nominees, pk=told["nominee"])
    return guest, nominee


def _asked(event: Event, asked_id: int) -> DoorRequest:
    rows = event.door_requests.select_related("guest", "nominee")
    return get_object_or_404(rows, pk=asked_id)


def _place(access: DoorAccess, row: DoorRequest) -> str:
    """Where the checker goes on: the card of who has one, else the request's page."""
    slug = access.event.slug
    has_card = row.guest_id and row.state != State.OPEN
    if has_card and not (row.kind == row.Kind.WALK_IN and row.state == State.REFUSED):
        return reverse("guests:door_card", args=[slug, row.guest_id])
    return reverse("guests:door_request", args=[slug, row.pk])


def _turn(access: DoorAccess, row: DoorRequest) -> HttpResponse:
    return HttpResponseClientRedirect(_place(access, row))


def _page(
    request: HttpRequest,
    access: DoorAccess,
    row: DoorRequest,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        **access.context,
        "row": row,
        "hosts": pins.hosts_with_pin(access.event) if row.state == State.OPEN else [],
        "problem": problem,
        "said": request.POST.get("words", "")[:300],
    }
    return render(request, "guests/door_request.html", context, status=status)


def _not_asked(
    request: HttpRequest, access: DoorAccess, guest: Guest | None, refusal: Exception
) -> HttpResponse:
    is_press = isinstance(refusal, NonceUsed)
    text = _("That press was for something else. Look, then press again.")
    messages.error(request, text if is_press else str(refusal))
    if guest is None:
        return redirect("guests:door", access.event.slug)
    return redirect("guests:door_card", access.event.slug, guest.pk)
