"""The door: one search box, one card, one press. GET never lets anybody in."""

from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.models import Event
from guests import door
from guests.forms.desk import CodeForm, PressForm, ReasonForm
from guests.models import Admission, Guest
from guests.views.door_page import card_context, search_context
from guests.views.door_shell import CAMERA_POLICY
from guests.views.doorway import DOOR, DoorAccess, for_phones, open_door
from losers_lounge.templatetags.lounge import short_time
from losers_lounge.throttle import Throttle

WRONG_CODES = Throttle("door_codes", most=20, seconds=300)


@for_phones
@never_cache
@require_safe
@csp_update(CAMERA_POLICY)
def search_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Look somebody up by name; with htmx only the rows, as one types."""
    access = open_door(request, slug)
    context = search_context(access, request.GET.get("q", "")[:200])
    rows_only = request.htmx.target == "door-found"
    template = "guests/_door_found.html" if rows_only else "guests/door_search.html"
    return render(request, template, context)


@for_phones
@never_cache
@require_safe
def door_card(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Whether this person comes in, and what to ask for."""
    access = open_door(request, slug)
    return _card(request, access, _guest(access.event, guest_id))


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
    """A pass that was typed or read by a scanner leads to its card."""
    access = open_door(request, slug)
    if WRONG_CODES.is_spent(access.actor.key):
        return _code_refused(request, access, 429)
    form = CodeForm(request.POST)
    token = form.cleaned_data["code"] if form.is_valid() else ""
    guest = door.find_by_pass(access.event, token)
    if guest is None:
        WRONG_CODES.count(access.actor.key)
        return _code_refused(request, access, 404)
    return redirect("guests:door_card", slug, guest.pk)


@for_phones
@require_POST
def door_admit(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Let one person in; on a second phone, say who did it already."""
    access = open_door(request, slug, DOOR)
    event = access.event
    form = PressForm(request.POST)
    if not form.is_valid():
        return _not_a_press(request, access, _guest(event, guest_id))
    press = {"nonce": form.cleaned_data["nonce"], "by": access.actor}
    try:
        # It looks the guest up itself: a queue waits for every query.
        admitted = door.admit(guest_id, event=event, **press, at=timezone.now())
    except Guest.DoesNotExist:
        raise Http404 from None
    except door.NotAdmitted as refusal:
        messages.error(request, refusal.decision.words)
        return _card(request, access, _guest(event, guest_id), status=409)
    except door.NonceUsed:
        return _not_a_press(request, access, _guest(event, guest_id))
    _say_admitted(request, event, admitted)
    return _back(event, admitted.admission.guest, form)


@for_phones
@require_POST
def door_out(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Somebody goes out, perhaps to come back."""
    access = open_door(request, slug, DOOR)
    guest = _guest(access.event, guest_id)
    form = PressForm(request.POST)
    if not form.is_valid():
        return _not_a_press(request, access, guest)
    return _close(request, access, guest, form, Admission.Action.OUT)


@for_phones
@require_POST
def door_undo(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Somebody was let in by mistake; the log says why."""
    access = open_door(request, slug, DOOR)
    guest = _guest(access.event, guest_id)
    form = ReasonForm(request.POST)
    if "nonce" in form.errors:
        return _not_a_press(request, access, guest)
    if not form.is_valid():
        return _card(request, access, guest, status=422, undo_form=form)
    return _close(request, access, guest, form, Admission.Action.UNDONE)


@for_phones
@require_POST
def door_deny(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Write down that somebody was not admitted, and why."""
    access = open_door(request, slug, DOOR)
    guest = _guest(access.event, guest_id)
    form = ReasonForm(request.POST)
    if "nonce" in form.errors:
        return _not_a_press(request, access, guest)
    if not form.is_valid():
        return _card(request, access, guest, status=422, deny_form=form)
    press = {name: form.cleaned_data[name] for name in ("nonce", "reason")}
    try:
        door.deny(guest.pk, **press, by=access.actor, at=timezone.now())
    except door.NonceUsed:
        return _not_a_press(request, access, guest)
    except door.AlreadyInside as refusal:
        messages.error(request, _already(access.event, refusal.admission))
        return _card(request, access, guest, status=409)
    messages.info(request, _("Written down: %(name)s was not admitted.") % _name(guest))
    return _back(access.event, guest, form)


def _close(
    request: HttpRequest,
    access: DoorAccess,
    guest: Guest,
    form: PressForm,
    action: Admission.Action,
) -> HttpResponse:
    press = {
        "nonce": form.cleaned_data["nonce"],
        "reason": form.cleaned_data.get("reason", ""),
    }
    try:
        row = door.close(guest.pk, action, **press, by=access.actor, at=timezone.now())
    except door.NonceUsed:
        return _not_a_press(request, access, guest)
    if row is None:
        messages.warning(request, _("%(name)s is not inside.") % _name(guest))
    elif action == Admission.Action.OUT:
        messages.success(request, _("%(name)s went out.") % _name(guest))
    else:
        text = _("Undone. %(name)s counts as not here.")
        messages.success(request, text % _name(guest))
    return _back(access.event, guest, form)


def _guest(event: Event, guest_id: int) -> Guest:
    rows = event.guests.select_related("plus_one_of")
    return get_object_or_404(rows, pk=guest_id)


def _card(
    request: HttpRequest,
    access: DoorAccess,
    guest: Guest,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    context = card_context(access, guest, **forms)
    return render(request, "guests/door_card.html", context, status=status)


def _back(event: Event, guest: Guest, form: PressForm) -> HttpResponse:
    """To the card that was pressed, if it is of the same party; else to the guest's."""
    card_id = form.cleaned_data.get("card") or guest.pk
    if card_id != guest.pk and card_id not in {row.pk for row in door.party(guest)}:
        card_id = guest.pk
    return redirect("guests:door_card", event.slug, card_id)


def _not_a_press(
    request: HttpRequest, access: DoorAccess, guest: Guest
) -> HttpResponse:
    """Nothing was done: the press has no name, or the name of another one."""
    text = _("That press was not for this card. Look, then press again.")
    messages.error(request, text)
    return _card(request, access, guest, status=409)


def _say_admitted(request: HttpRequest, event: Event, admitted: door.Admitted) -> None:
    row = admitted.admission
    guest = row.guest
    if admitted.is_new or row.nonce == request.POST.get("nonce"):
        messages.success(request, _("%(name)s is in.") % _name(guest))
    else:
        messages.warning(request, f"{guest.name}: {_already(event, row)}")


def _already(event: Event, row: Admission) -> str:
    return _("admitted already at %(time)s by %(who)s.") % {
        "time": short_time(row.at, event.zone),
        "who": row.by_name,
    }


def _name(guest: Guest) -> dict[str, str]:
    return {"name": guest.name}


def _code_refused(
    request: HttpRequest, access: DoorAccess, status: int
) -> HttpResponse:
    """One answer, whatever was wrong with the code."""
    context = search_context(access, "") | {"code_is_refused": True}
    return render(request, "guests/door_search.html", context, status=status)
