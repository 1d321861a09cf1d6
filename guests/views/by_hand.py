"""A winner pays in cash: one person takes it and photographs it, another signs."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from donations import checkout, manual_gifts
from donations.forms.manual import TakenForm
from donations.views.manual import photo
from guests.door import lookups
from guests.models import Guest, Obligation
from guests.payments import NothingOwed, PaymentPending, by_hand
from guests.views.door.access import DoorAccess, one_by_one, open_door
from guests.views.door.shown import nonce

PENDING = gettext_lazy(
    "A payment for this is on its way already. Look again in a minute."
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@one_by_one
def paid_by_hand(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """What this guest owes, and a form for the cash or cheque that they hold out.

    For accounts alone: the two names are people's, and a phone has none.
    """
    access = open_door(request, slug)
    guest = _guest(access, guest_id)
    if request.method != "POST":
        return _page(request, access, guest)
    form = TakenForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, access, guest, form=form, status=422)
    try:
        by_hand.take(guest.pk, form.taken, by=request.user, at=timezone.now())
    except NothingOwed:
        messages.info(request, _("Nothing is owed here anymore."))
    except PaymentPending:
        return _page(request, access, guest, problem=PENDING, status=409)
    except checkout.CheckoutFailed as refusal:
        return _page(request, access, guest, problem=str(refusal), status=503)
    return redirect("guests:by_hand", slug, guest.pk)


@require_POST
@one_by_one
def sign_by_hand(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """The second name: somebody else has counted it as well, and the card turns."""
    access = open_door(request, slug)
    guest = _guest(access, guest_id)
    gift = by_hand.waiting(guest)
    if gift is None:
        messages.info(request, _("Nothing here is waiting for a second name."))
        return redirect("guests:by_hand", slug, guest.pk)
    try:
        manual_gifts.sign(gift.pk, by=request.user, at=timezone.now())
    except manual_gifts.SamePerson:
        words = _(
            "You took this money yourself. Somebody else has to count it and sign."
        )
        return _page(request, access, guest, problem=words, status=409)
    except manual_gifts.IsVoid:
        messages.info(request, _("This gift has since been taken back."))
        return redirect("guests:by_hand", slug, guest.pk)
    messages.success(request, _("Signed: %(name)s has given.") % {"name": guest.name})
    return redirect("guests:door_card", slug, guest.pk)


@never_cache
@require_safe
@one_by_one
def photo_by_hand(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """The photo of what waits to be counted, for whoever counts it."""
    access = open_door(request, slug)
    gift = by_hand.waiting(_guest(access, guest_id))
    if gift is None:
        return HttpResponse(status=204)
    return photo(gift)


def _guest(access: DoorAccess, guest_id: int) -> Guest:
    guest = access.event.guests.on_the_list().filter(pk=guest_id).first()
    if access.is_counted and guest is not None:
        lookups.note_person(access.event, access.actor, guest.pk)
    elif access.is_counted:
        lookups.note_nobody(access.event, access.actor)
    if guest is None:
        raise Http404
    return guest


def _page(
    request: HttpRequest,
    access: DoorAccess,
    guest: Guest,
    *,
    status: int = 200,
    **said: Any,
) -> HttpResponse:
    rows = list(Obligation.objects.unpaid().filter(guest=guest).order_by("pk"))
    context = {
        **access.context,
        "guest": guest,
        "owed": rows,
        "cents": sum(row.left_cents for row in rows),
        "gift": by_hand.waiting(guest),
        "form": TakenForm(initial={"nonce": nonce()}),
        **said,
    }
    return render(request, "guests/by_hand.html", context, status=status)
