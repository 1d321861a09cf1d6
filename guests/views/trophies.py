"""The trophy desk: statues taken in under a tag, and given back to a name."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guests import trophies
from guests.forms.desk import ReleaseForm, TrophyForm
from guests.models import Guest
from guests.views.door_page import card_context
from guests.views.doorway import DoorAccess, for_phones, open_door


@for_phones
@never_cache
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """Every statue in custody, and those that went home."""
    access = open_door(request, slug)
    return _board(request, access)


@for_phones
@require_POST
def trophy_receive(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Take a winner's statue in under a tag."""
    access = open_door(request, slug)
    guest = get_object_or_404(
        access.event.guests.select_related("plus_one_of"), pk=guest_id
    )
    form = TrophyForm(request.POST)
    if not form.is_valid():
        return _card(request, access, guest, form, 422)
    try:
        trophy = trophies.receive(
            guest.pk, **form.cleaned_data, by=access.actor, at=timezone.now()
        )
    except trophies.TagInUse:
        form.add_error("tag", _("Another statue carries this tag. Take another one."))
        return _card(request, access, guest, form, 409)
    except trophies.TooManyTrophies:
        form.add_error("tag", _("Every statue this person won is here already."))
        return _card(request, access, guest, form, 409)
    text = _("Trophy of %(name)s is here, under tag %(tag)s.")
    messages.success(request, text % {"name": guest.name, "tag": trophy.tag})
    return redirect("guests:door_card", slug, guest.pk)


@for_phones
@require_POST
def trophy_release(request: HttpRequest, slug: str, trophy_id: int) -> HttpResponse:
    """Give a statue back to a named person."""
    access = open_door(request, slug)
    trophy = get_object_or_404(
        access.event.trophies.select_related("guest__plus_one_of"), pk=trophy_id
    )
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Who takes tag %s? Write the name.") % trophy.tag)
        if form.data.get("card"):
            return _card(request, access, trophy.guest, None, 422)
        return _board(request, access, 422)
    to = form.cleaned_data["to"]
    released = trophies.release(trophy.pk, to=to, by=access.actor, at=timezone.now())
    words = {"tag": released.tag, "to": released.released_to}
    if released.released_to == to:
        messages.success(request, _("Tag %(tag)s went to %(to)s.") % words)
    else:
        messages.warning(request, _("Tag %(tag)s went to %(to)s already.") % words)
    if form.cleaned_data["card"] == trophy.guest_id:
        return redirect("guests:door_card", slug, trophy.guest_id)
    return redirect("guests:trophies", slug)


def _board(request: HttpRequest, access: DoorAccess, status: int = 200) -> HttpResponse:
    rows = access.event.trophies.select_related(
        "guest", "nomination__category", "received_by", "released_by"
    )
    context: dict[str, Any] = {
        **access.context,
        "held": rows.filter(released_at=None),
        "released": rows.exclude(released_at=None).order_by("-released_at"),
        "expected": trophies.expected_count(access.event),
    }
    return render(request, "guests/trophies_board.html", context, status=status)


def _card(
    request: HttpRequest,
    access: DoorAccess,
    guest: Guest,
    form: TrophyForm | None,
    status: int,
) -> HttpResponse:
    context = card_context(access, guest, trophy_form=form)
    return render(request, "guests/door_card.html", context, status=status)
