"""Presses at the door: in, out, home, undone, not admitted. One press is one act."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from events.models import Event
from guests import door
from guests.door import lookups
from guests.door.finding import is_over
from guests.forms.desk import AdmitForm, PressForm, ReasonForm
from guests.models import Admission, Guest
from guests.views.door.access import DOOR, DoorAccess, for_phones, open_door
from guests.views.door.shown import card_context
from losers_lounge.moments import short_time
from losers_lounge.names import at_end

Action = Admission.Action


@for_phones
@require_POST
def door_admit(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Let one person in; on a second phone, say who did it already."""
    access = open_door(request, slug, DOOR)
    event = access.event
    form = AdmitForm(request.POST)
    if not form.is_valid():
        return _not_a_press(request, access, find_guest(access, guest_id))
    press = {name: form.cleaned_data[name] for name in ("nonce", "after_all")}
    try:
        # It looks the guest up itself: a queue waits for every query.
        admitted = door.admit(
            guest_id, event=event, **press, by=access.actor, at=timezone.now()
        )
    except Guest.DoesNotExist:
        raise Http404 from None
    except door.NotAdmitted as refusal:
        messages.error(request, refusal.decision.words)
        return show_card(request, access, find_guest(access, guest_id), status=409)
    except door.NonceUsed:
        return _not_a_press(request, access, find_guest(access, guest_id))
    _say_admitted(request, event, admitted)
    return _back(event, admitted.admission.guest, form)


@for_phones
@require_POST
def door_out(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Somebody goes out, perhaps to come back."""
    return _leave(request, slug, guest_id, Action.OUT)


@for_phones
@require_POST
def door_home(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Somebody goes home for good: the seat is free for who waits."""
    return _leave(request, slug, guest_id, Action.HOME)


@for_phones
@require_POST
def door_undo(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Somebody was let in by mistake; the log says why."""
    access = open_door(request, slug, DOOR)
    guest = find_guest(access, guest_id)
    form = _with_reason(request, access, guest, "undo_form")
    if isinstance(form, HttpResponse):
        return form
    return _close(request, access, guest, form, Action.UNDONE)


@for_phones
@require_POST
def door_deny(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Write down that somebody was not admitted, and why."""
    access = open_door(request, slug, DOOR)
    guest = find_guest(access, guest_id)
    form = _with_reason(request, access, guest, "deny_form")
    if isinstance(form, HttpResponse):
        return form
    press = {name: form.cleaned_data[name] for name in ("nonce", "reason")}
    try:
        door.deny(guest.pk, **press, by=access.actor, at=timezone.now())
    except door.NonceUsed:
        return _not_a_press(request, access, guest)
    except door.AlreadyInside as refusal:
        messages.error(request, _already(access.event, refusal.admission))
        return show_card(request, access, guest, status=409)
    messages.info(request, _("Written down: %(name)s was not admitted.") % _name(guest))
    return _back(access.event, guest, form)


def _with_reason(
    request: HttpRequest, access: DoorAccess, guest: Guest, place: str
) -> ReasonForm | HttpResponse:
    """A press and why; else the card with what was refused in that place."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        return form
    if "nonce" in form.errors:
        return _not_a_press(request, access, guest)
    return show_card(request, access, guest, status=422, **{place: form})


def _leave(
    request: HttpRequest, slug: str, guest_id: int, action: Action
) -> HttpResponse:
    access = open_door(request, slug, DOOR)
    guest = find_guest(access, guest_id)
    form = PressForm(request.POST)
    if not form.is_valid():
        return _not_a_press(request, access, guest)
    return _close(request, access, guest, form, action)


def _close(
    request: HttpRequest,
    access: DoorAccess,
    guest: Guest,
    form: PressForm,
    action: Action,
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
    else:
        text = {
            Action.OUT: _("%(name)s went out."),
            Action.HOME: _("%(name)s went home. The seat is free."),
            Action.UNDONE: _("Undone. %(name)s counts as not here."),
        }[action]
        messages.success(request, text % _name(guest))
    return _back(access.event, guest, form)


def find_guest(access: DoorAccess, guest_id: int) -> Guest:
    """This guest of the event, with who brought them; else 404.

    Raises lookups.TooMany for who asks for more people than come to one door, or
    for too many who are not there: ids can be counted up.
    """
    event, by = access.event, access.actor
    rows = event.guests.select_related("plus_one_of", "invitation")
    found = rows.annotate(is_over=is_over(event)).filter(pk=guest_id).first()
    if access.is_counted and found is not None:
        lookups.note_person(event, by, found.pk)
    elif access.is_counted:
        lookups.note_nobody(event, by)
    if found is None:
        raise Http404
    return found


def show_card(
    request: HttpRequest,
    access: DoorAccess,
    guest: Guest,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    """One person's card, with the form that was refused if there is one."""
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
    return show_card(request, access, guest, status=409)


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
        "who": at_end(row.by_name),
    }


def _name(guest: Guest) -> dict[str, str]:
    return {"name": guest.name}
