"""Cash and cheques: entered by one, signed by another, shown apart from Stripe's."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from donations import checkout, manual_gifts, totals
from donations.donor import Donor
from donations.forms.manual import ManualGiftForm, VoidForm
from donations.models import ManualGift
from events.access import FINANCE, Access, open_event
from events.models import Event

MOST_SHOWN = 100


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def manual(request: HttpRequest, slug: str) -> HttpResponse:
    """What was given by hand, what waits for a second name, and a form for more."""
    access = open_event(request.user, slug, FINANCE)
    if request.method != "POST":
        return _page(request, access)
    form = ManualGiftForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, access, form=form, status=422)
    said = form.cleaned_data
    try:
        manual_gifts.enter(
            access.event,
            Donor(said["donor_name"], said["donor_email"].lower()),
            [form.part],
            form.taken,
            by=request.user,
            at=timezone.now(),
        )
    except checkout.CheckoutRefused as refusal:
        form.add_error("amount", str(refusal))
        return _page(request, access, form=form, status=422)
    messages.success(
        request, _("Written down. It counts when a second person has signed for it.")
    )
    return redirect("donations:manual", slug)


@require_POST
def manual_sign(request: HttpRequest, slug: str, gift_id: int) -> HttpResponse:
    """The second name under a gift: never that of whoever took it."""
    access = open_event(request.user, slug, FINANCE)
    gift = find(access.event, gift_id)
    try:
        manual_gifts.sign(gift.pk, by=request.user, at=timezone.now())
    except manual_gifts.SamePerson:
        words = _(
            "You took this money yourself. Somebody else has to count it and sign."
        )
        return _page(request, access, problem=words, status=409)
    except manual_gifts.IsVoid:
        words = _("This gift was taken back.")
        return _page(request, access, problem=words, status=409)
    messages.success(request, _("Signed. The gift counts from now on."))
    return redirect("donations:manual", slug)


@require_POST
def manual_void(request: HttpRequest, slug: str, gift_id: int) -> HttpResponse:
    """Take a gift back, with the reason: the names and the photo stay."""
    access = open_event(request.user, slug, FINANCE)
    gift = find(access.event, gift_id)
    form = VoidForm(request.POST)
    if not form.is_valid():
        words = " ".join(form["reason"].errors)
        return _page(request, access, problem=words, status=422)
    reason = form.cleaned_data["reason"]
    try:
        manual_gifts.void(gift.pk, reason, by=request.user, at=timezone.now())
    except manual_gifts.SamePerson:
        words = _(
            "You took this money, so somebody else has to take the gift back. "
            "Ask the person who counted it."
        )
        return _page(request, access, problem=words, status=409)
    messages.success(request, _("Taken back. The reason stays beside it."))
    return redirect("donations:manual", slug)


@never_cache
@require_safe
def manual_photo(request: HttpRequest, slug: str, gift_id: int) -> HttpResponse:
    """The photo of the money, for the team alone; no cache keeps it."""
    access = open_event(request.user, slug, FINANCE)
    return photo(get_object_or_404(_of(access.event), pk=gift_id))


def photo(gift: ManualGift) -> HttpResponse:
    """The photo as a response that nothing but a picture can be read from."""
    response = HttpResponse(bytes(gift.photo), content_type="image/jpeg")
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def find(event: Event, gift_id: int) -> ManualGift:
    """One gift by hand of this event, without its photo, or Http404."""
    return get_object_or_404(_of(event).defer("photo"), pk=gift_id)


def _of(event: Event) -> Any:
    rows = ManualGift.objects.filter(donation__event=event)
    return rows.select_related("donation")


def _page(
    request: HttpRequest,
    access: Access,
    *,
    form: ManualGiftForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = _of(access.event).defer("photo")
    waiting = rows.filter(confirmed_at=None, void_at=None).order_by("received_at")
    signed = rows.exclude(confirmed_at=None, void_at=None)
    context = {
        **access.context,
        "form": form or ManualGiftForm(initial={"nonce": secrets.token_urlsafe(16)}),
        "waiting": waiting[:MOST_SHOWN],
        "signed": signed.order_by("-received_at", "-pk")[:MOST_SHOWN],
        "totals": totals.for_event(access.event, timezone.now()),
        "problem": problem,
    }
    return render(request, "donations/manual.html", context, status=status)
