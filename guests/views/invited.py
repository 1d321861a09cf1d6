"""For whoever holds an invitation's link. GET shows; only a press changes."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from events import outbox
from guests import evening, invitations, letters, parties
from guests.forms.contacts import LostLinkForm
from guests.models import Invitation
from guests.realms import guest_realm, link_uses
from guests.views import answer_forms
from guests.views.answer_forms import NOTHING_REFUSED, Refused
from guests.views.wrong_links import wrong_link
from losers_lounge import links
from losers_lounge.lazy import lazy_module
from losers_lounge.throttle import Throttle, as_long_as, network

ics = lazy_module("losers_lounge.ics")
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
        reason = guest_realm.no_way_in("invitation", token, Invitation)
        return wrong_link(request, reason)
    # One that was merged away leads to the one that was kept, while the merge stands.
    response = redirect("guests:invitation", guest_realm.kept(row).public_id)
    response["Referrer-Policy"] = "no-referrer"
    guest_realm.remember(request, response, row)
    return response


@login_not_required
@never_cache
@require_safe
def invitation(request: HttpRequest, public_id: str) -> HttpResponse:
    """The evening on one page."""
    row = guest_realm.open_invitation(request, public_id)
    return show(request, row)


@login_not_required
@never_cache
@require_POST
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Yes, no, or the waiting list; the page says what stands afterwards."""
    row = guest_realm.open_invitation(request, public_id)
    evenings, mine = _pressed(request, row)
    form = answer_forms.answer_form(mine, request.POST)
    refused = answer_forms.take(form, mine.guest)
    if refused.status == HTTPStatus.OK:
        if request.GET.get("then") == "pledge":
            page = reverse("guests:pledge", args=[row.public_id])
            return redirect(f"{page}?guest={mine.guest.public_id}")
        return redirect("guests:invitation", row.public_id)
    # What the page says of the guest may be older than what refused the answer.
    return show(request, row, evenings if refused.form else None, refused)


@login_not_required
@never_cache
@require_POST
def needs(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the venue should know of the guest and whom they bring."""
    row = guest_realm.open_invitation(request, public_id)
    evenings, mine = _pressed(request, row)
    form = answer_forms.needs_form(mine, request.POST)
    if not form.is_valid():
        return show(request, row, evenings, Refused(form, mine.guest.pk, status=422))
    mine.guest.event = row.event
    parties.note_needs(mine.guest, form.needs(), timezone.now())
    messages.success(request, _("Noted, and the venue will know."))
    return redirect("guests:invitation", row.public_id)


@login_not_required
@never_cache
@require_safe
def entry_pass(request: HttpRequest, public_id: str) -> HttpResponse:
    """The QR code for the door, one for each person who is coming."""
    row = guest_realm.open_invitation(request, public_id)
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
    row = guest_realm.open_invitation(request, public_id)
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


def show(
    request: HttpRequest,
    row: Invitation,
    evenings: list[evening.Evening] | None = None,
    refused: Refused = NOTHING_REFUSED,
) -> HttpResponse:
    """The invitation's page, with a form that was refused or a word on what failed."""
    if evenings is None:
        evenings = evening.with_requests(evening.of(row), row.event, timezone.now())
    context = {
        "invitation": row,
        "event": row.event,
        "shown": answer_forms.rows(row.event, evenings, refused),
        "is_anything_due": any(seen.cents_due for seen in evenings),
        "takes_answers": row.event.takes_answers(),
        "became": row.event.became(timezone.now()),
        "sent_form": refused.form,
        "form_is_gone": answer_forms.is_closed(row.event, refused),
        "problem": refused.words,
    }
    page = "guests/invitation_detail.html"
    return render(request, page, context, status=refused.status)


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
