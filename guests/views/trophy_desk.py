"""Statues come in, are photographed, put somewhere, or do not come at all."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from events.access import HOST
from guests import door, trophies
from guests.actors import Actor
from guests.door import pins
from guests.forms.trophies import OutcomeForm, PhotoForm, ShelfForm, TrophyForm
from guests.models import Guest, TrophyPhoto
from guests.trophies import custody, outcome
from guests.trophies.statues import Outcome
from guests.views.door.access import DoorAccess, for_phones, open_door, pictures_slowly
from guests.views.door.presses import find_guest
from guests.views.trophy_page import card_part, statue_page, trophy_of

# What the form then says beside the tag.
NOT_TAKEN_IN = {
    trophies.TagInUse: gettext_lazy(
        "Another trophy carries this tag. Take another one."
    ),
    trophies.SignedOff: gettext_lazy(
        "The night is signed off, so no trophy is taken in. A host can "
        "open the night again on its closing page."
    ),
    trophies.TooManyTrophies: gettext_lazy(
        "Every trophy this person won is already here."
    ),
}


@for_phones
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@pictures_slowly
def trophy_receive(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Take a winner's statue in under a tag; a scanned tag stands there already."""
    access = open_door(request, slug)
    guest = _guest(access, guest_id)
    card = door.card(guest)
    if request.method != "POST":
        tag = request.GET.get("tag", "")[:20]
        form = TrophyForm(initial={"tag": tag}, statues=card.statues_absent)
        return _page(request, access, card, form)
    # A repeated press finds its statue here: it is no choice of the form any more.
    statues = card.statues_absent or card.statues
    form = TrophyForm(request.POST, request.FILES, statues=statues)
    if not form.is_valid():
        return _page(request, access, card, form, 422)
    by, at = access.actor, timezone.now()
    try:
        trophy = trophies.receive(guest.pk, form.intake, by=by, at=at)
    except tuple(NOT_TAKEN_IN) as refusal:
        form.add_error("tag", NOT_TAKEN_IN[type(refusal)])
        return _page(request, access, card, form, 409)
    text = _("Trophy of %(name)s is here, under tag %(tag)s.")
    messages.success(request, text % {"name": guest.name, "tag": trophy.tag})
    return redirect("guests:door_card", slug, guest.pk)


@for_phones
@require_POST
def trophy_outcome(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Record why a statue that was won does not come, or that it comes after all."""
    access = open_door(request, slug)
    guest = _guest(access, guest_id)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        words = form["words"].errors or [_("Choose what to note, and for which.")]
        return _not_noted(request, access, guest, words[0], 422)
    said = {name: form.cleaned_data[name] for name in ("outcome", "words")}
    try:
        by = _who_says(access, form)
        nomination = form.cleaned_data["nomination"]
        row = outcome.record(guest.pk, nomination, **said, by=by, at=timezone.now())
    except outcome.NotWon:
        text = _("%(name)s has not won that.") % {"name": guest.name}
        return _not_noted(request, access, guest, text)
    except outcome.IsHere as refusal:
        text = _("That trophy is here, under tag %(tag)s.")
        text %= {"tag": refusal.trophy.tag}
        return _not_noted(request, access, guest, text)
    except (outcome.HostDecides, pins.WrongPin):
        text = _("Only a host can let them keep it: that was not a host's PIN.")
        return _not_noted(request, access, guest, text, 403)
    text = _("Noted for %(name)s: %(said)s.")
    words = {"name": guest.name, "said": row.get_outcome_display()}
    messages.success(request, text % words)
    return redirect("guests:door_card", slug, guest.pk)


@for_phones
@require_POST
@pictures_slowly
def trophy_photo_add(request: HttpRequest, slug: str, trophy_id: int) -> HttpResponse:
    """Keep one more picture of a statue."""
    access = open_door(request, slug)
    trophy = trophy_of(access.event, trophy_id)
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return statue_page(request, access, trophy, 422, photo_form=form)
    try:
        picture = form.cleaned_data["photo"]
        trophies.photograph(trophy.pk, picture, by=access.actor, at=timezone.now())
    except trophies.TooManyPhotos:
        form.add_error("photo", _("There are enough pictures of this trophy."))
        return statue_page(request, access, trophy, 409, photo_form=form)
    messages.success(request, _("The photo is kept."))
    return redirect("guests:trophy", slug, trophy.pk)


@for_phones
@never_cache
@require_safe
def trophy_photo(request: HttpRequest, slug: str, photo_id: int) -> HttpResponse:
    """One picture, for the door's team alone; no cache keeps it."""
    access = open_door(request, slug)
    rows = TrophyPhoto.objects.filter(trophy__event=access.event)
    photo = get_object_or_404(rows, pk=photo_id)
    response = HttpResponse(bytes(photo.jpeg), content_type="image/jpeg")
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@for_phones
@require_POST
def trophy_shelf(request: HttpRequest, slug: str, trophy_id: int) -> HttpResponse:
    """Note where a statue stands now."""
    access = open_door(request, slug)
    trophy = trophy_of(access.event, trophy_id)
    form = ShelfForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the shelf in at most 40 letters."))
        return statue_page(request, access, trophy, 422)
    shelf, at = form.cleaned_data["shelf"], timezone.now()
    try:
        trophies.put_on_shelf(trophy.pk, shelf, by=access.actor, at=at)
    except custody.WentHome:
        messages.warning(request, _("This trophy already went home."))
    else:
        messages.success(request, _("Noted where it is."))
    return redirect("guests:trophy", slug, trophy.pk)


def _who_says(access: DoorAccess, form: OutcomeForm) -> Actor:
    """Whoever presses; the host behind a PIN where only a host may say it."""
    cleaned = form.cleaned_data
    if cleaned["outcome"] != Outcome.LET_OFF or HOST in access.roles:
        return access.actor
    if not cleaned["host"]:
        raise pins.WrongPin
    who = access.actor.key
    return Actor.of(pins.check(access.event, cleaned["host"], cleaned["pin"], who))


def _guest(access: DoorAccess, guest_id: int) -> Guest:
    guest = find_guest(access, guest_id)
    guest.event = access.event
    return guest


def _not_noted(
    request: HttpRequest,
    access: DoorAccess,
    guest: Guest,
    words: str,
    status: int = 409,
) -> HttpResponse:
    card = door.card(guest)
    messages.error(request, words)
    form = TrophyForm(statues=card.statues_absent)
    return _page(request, access, card, form, status)


def _page(
    request: HttpRequest,
    access: DoorAccess,
    card: door.Card,
    form: TrophyForm,
    status: int = 200,
) -> HttpResponse:
    context = {**access.context, "card": card, **card_part(access, card, form)}
    context["is_over"] = card.guest.is_over
    context["form_is_gone"] = card.guest.is_over or not card.statues_absent
    return render(request, "guests/trophy_receive.html", context, status=status)
