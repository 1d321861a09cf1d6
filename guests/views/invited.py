"""For whoever holds an invitation's link. GET shows; only a press changes."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from events import outbox
from guests import (
    evening,
    invitations,
    letters,
    link_uses,
    parties,
    realm,
    rsvp,
    seats,
)
from guests.forms.answers import NeedsForm, RsvpForm
from guests.forms.contacts import LostLinkForm
from guests.models import Guest, Invitation
from losers_lounge import links
from losers_lounge.rarely import rarely
from losers_lounge.throttle import Throttle, as_long_as, network

ics = rarely("losers_lounge.ics")
WRONG_LINKS = Throttle("links", most=30, seconds=300, most_of_all=3000)
LOST_LINKS = Throttle("lost_links", most=20, seconds=600)
# Longer than the work for a known address: the clock does not tell who is invited.
LOST_LINK_SECONDS = 0.25


@login_not_required
@never_cache
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address: a cookie, and the invitation's own page.

    Only wrong links are counted: nobody on the same Wi-Fi can shut out a guest.
    """
    lookup, mac = links.split_token(token)
    row = Invitation.objects.filter(public_id=lookup).first()
    if row is None or not links.is_genuine("invitation", lookup, row.link_version, mac):
        return wrong_link(request, realm.no_way_in("invitation", token, Invitation))
    # One that was merged away leads to the one that was kept, while the merge stands.
    response = redirect("guests:invitation", realm.kept(row).public_id)
    response["Referrer-Policy"] = "no-referrer"
    realm.remember(request, response, row)
    return response


@login_not_required
@never_cache
@require_safe
def invitation(request: HttpRequest, public_id: str) -> HttpResponse:
    """The evening on one page."""
    row = realm.open_invitation(request, public_id)
    return show(request, row)


@login_not_required
@never_cache
@require_POST
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Yes, no, or the waiting list; the page says what stands afterwards."""
    row = realm.open_invitation(request, public_id)
    evenings, mine = _pressed(request, row)
    form = form_for(row, mine, request.POST)
    status, problem = take(form, mine.guest)
    if status == HTTPStatus.OK:
        if request.GET.get("then") == "pledge":
            page = reverse("guests:pledge", args=[row.public_id])
            return redirect(f"{page}?guest={mine.guest.public_id}")
        return redirect("guests:invitation", row.public_id)
    if problem:
        return show(request, row, problem=problem, status=status)
    return show(request, row, evenings, {mine.guest.pk: form}, status=status)


@login_not_required
@never_cache
@require_POST
def needs(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the venue should know of the guest and whom they bring."""
    row = realm.open_invitation(request, public_id)
    evenings, mine = _pressed(request, row)
    form = needs_form(mine, request.POST)
    if not form.is_valid():
        told = {mine.guest.pk: form}
        return show(request, row, evenings, told=told, status=422)
    mine.guest.event = row.event
    parties.note_needs(mine.guest, form.needs(), timezone.now())
    messages.success(request, _("Noted, and the venue will know."))
    return redirect("guests:invitation", row.public_id)


@login_not_required
@never_cache
@require_safe
def entry_pass(request: HttpRequest, public_id: str) -> HttpResponse:
    """The QR code for the door, one for each person who is coming."""
    row = realm.open_invitation(request, public_id)
    if row.event.became(timezone.now()):  # Nobody is let in; the page says why.
        return redirect("guests:invitation", public_id)
    coming = row.guests.attending().order_by("pk")
    passes = [
        (guest, links.absolute_url("pass", guest.public_id, row.link_version))
        for guest in coming
    ]
    context = {"invitation": row, "event": row.event, "passes": passes}
    return render(request, "guests/invitation_pass.html", context)


@login_not_required
@never_cache
@require_safe
def calendar(request: HttpRequest, public_id: str) -> HttpResponse:
    """The evening as a calendar file, the same entry the mail carries.

    It leads back to this page, whoever got the mail.
    """
    row = realm.open_invitation(request, public_id)
    entry = letters.calendar(row.event, row)
    entry["url"] = settings.SITE_URL + reverse("guests:invitation", args=[public_id])
    return HttpResponse(
        ics.from_values(entry, stamp=row.created_at),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{row.event.slug}.ics"'},
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lost_link(request: HttpRequest) -> HttpResponse:
    """Send the link again, saying the same for known and unknown addresses."""
    form = LostLinkForm(request.POST or None)
    context = {"form": form}
    if request.method == "POST" and form.is_valid():
        if not LOST_LINKS.admit(network(request)):
            return LOST_LINKS.refusal(request)
        with as_long_as(LOST_LINK_SECONDS):
            invitations.send_lost_links(form.cleaned_data["email"], timezone.now())
        context["is_sent"] = True
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "guests/lost_link.html", context, status=status)


def take(form: RsvpForm, guest: Guest, by: str = "") -> tuple[int, str]:
    """Record what a form says about this guest; `by` names who says it for them.

    The status of what came of it: 200, or a fault that stands in the form, or one
    with words for the page. Raises Http404 for somebody off the list since.
    """
    if form.data.get("answer") == Guest.Answer.WAITLISTED:
        form.offer_waiting_list(instead_of_yes=False)
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY, ""
    try:
        _record(guest, form, by)
    except rsvp.EventFull as full:
        if not full.seats_held:
            form.offer_waiting_list(instead_of_yes=not full.seats_left)
        form.add_error(None, _full_words(full))
        return HTTPStatus.CONFLICT, ""
    except rsvp.AnswersClosed as refusal:
        return HTTPStatus.GONE, str(refusal)
    except rsvp.AnswerRefused as refusal:
        return HTTPStatus.CONFLICT, str(refusal)
    return HTTPStatus.OK, ""


def form_for(row: Invitation, seen: evening.Evening, data: Any = None) -> RsvpForm:
    """The question to one guest, with what they said before."""
    answered = seen.guest.answer != Guest.Answer.WAITING
    return RsvpForm(
        data,
        invitation=row,
        names=seen.names,
        unnamed=seen.unnamed,
        initial={"answer": seen.guest.answer if answered else None},
        auto_id=f"{seen.guest.public_id}_%s",
    )


def needs_form(seen: evening.Evening, data: Any = None) -> NeedsForm:
    """What to tell the venue, for the guest and everybody they bring."""
    return NeedsForm(data, people=seen.party, auto_id=f"{seen.guest.public_id}_%s")


def show(
    request: HttpRequest,
    row: Invitation,
    evenings: list[evening.Evening] | None = None,
    forms: dict[int, RsvpForm] | None = None,
    told: dict[int, NeedsForm] | None = None,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The invitation's page, with a form that was refused or a word on what failed."""
    if evenings is None:
        evenings = evening.with_requests(evening.of(row), row.event, timezone.now())
    is_full = any(seen.has_no_seat for seen in evenings) and seats.is_full(row.event)
    shown = []
    for seen in evenings:
        form = (forms or {}).get(seen.guest.pk)
        if form is None and seen.is_principal:
            form = form_for(row, seen)
            if is_full and seen.has_no_seat:
                form.offer_waiting_list(instead_of_yes=True)
        needs = (told or {}).get(seen.guest.pk)
        if needs is None and form and seen.guest.is_coming:
            needs = needs_form(seen)
        shown.append({"evening": seen, "form": form, "needs": needs})
    context = {
        "invitation": row,
        "event": row.event,
        "shown": shown,
        "is_anything_due": any(seen.cents_due for seen in evenings),
        "takes_answers": row.event.takes_answers(),
        "became": row.event.became(timezone.now()),
        "sent_form": next(iter({**(forms or {}), **(told or {})}.values()), None),
        "problem": problem,
    }
    return render(request, "guests/invitation_detail.html", context, status=status)


def wrong_link(request: HttpRequest, reason: Http404 | None = None) -> HttpResponse:
    """The page of what is not there; after many, a word to go slowly."""
    if not WRONG_LINKS.admit(network(request)):
        return WRONG_LINKS.refusal(request)
    raise reason or Http404


def _pressed(
    request: HttpRequest, row: Invitation
) -> tuple[list[evening.Evening], evening.Evening]:
    """Every evening of the invitation, and that of the guest the press is about.

    A press shows in which browser the link is used, and that its mail has arrived.
    """
    at = timezone.now()
    link_uses.note(request, row, at)
    outbox.note_arrival(row.about)
    evenings = evening.with_requests(evening.of(row), row.event, at)
    principals = [seen for seen in evenings if seen.is_principal]
    return evenings, evening.of_guest(principals, request.POST.get("guest", ""))


def _record(guest: Guest, form: RsvpForm, by: str) -> None:
    try:
        rsvp.answer(
            guest.pk,
            Guest.Answer(form.cleaned_data["answer"]),
            plus_ones=form.plus_ones(),
            unnamed=form.unnamed(),
            at=timezone.now(),
            by=by,
            version=form.cleaned_data["version"],
        )
    except Guest.DoesNotExist:  # taken off the list since the page was shown
        raise Http404 from None


def _full_words(full: rsvp.EventFull) -> str:
    if full.seats_held:
        return _(
            "There is no room for so many people, so nothing was changed. "
            "Your own seat is safe."
        )
    if full.seats_left:
        return ngettext(
            "Only %(n)d seat is left, so nothing was changed. "
            "Come with fewer people, or wait for a seat.",
            "Only %(n)d seats are left, so nothing was changed. "
            "Come with fewer people, or wait for a seat.",
            full.seats_left,
        ) % {"n": full.seats_left}
    return _(
        "Every seat is taken, so nothing was changed. "
        "Shall we put you on the waiting list?"
    )
