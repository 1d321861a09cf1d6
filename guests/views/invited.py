"""For whoever holds an invitation's link. GET shows; only a press changes."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
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

from donations import checkout, settlement
from guests import evening, invitations, letters, pledges, realm, rsvp
from guests.forms import LostLinkForm, RsvpForm
from guests.models import Guest, Invitation
from losers_lounge import ics, links


@login_not_required
@never_cache
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address: a cookie, and the invitation's own page."""
    lookup, mac = links.split_token(token)
    row = Invitation.objects.filter(public_id=lookup).first()
    if row is None or not links.is_genuine("invitation", lookup, row.link_version, mac):
        return _retired(request)
    response = redirect("guests:invitation", row.public_id)
    response["Referrer-Policy"] = "no-referrer"
    realm.remember(request, response, row)
    return response


@login_not_required
@never_cache
@require_safe
def invitation(request: HttpRequest, public_id: str) -> HttpResponse:
    """The evening on one page."""
    row = _opened(request, public_id)
    if row is None:
        return _retired(request)
    return _page(request, row, evening.of(row))


@login_not_required
@never_cache
@require_POST
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Yes, no, or the waiting list; the page says what stands afterwards."""
    row = _opened(request, public_id)
    if row is None:
        return _retired(request)
    evenings = evening.of(row)
    if not evenings:
        raise Http404
    # One link, several people: the form says for whom; others' ids are nobody here.
    chosen = request.POST.get("guest", evenings[0].guest.public_id)
    mine = [seen for seen in evenings if seen.guest.public_id == chosen]
    if not mine:
        raise Http404
    form = _form(row, mine[0], request.POST)
    if "answer" in request.POST and request.POST["answer"] == Guest.Answer.WAITLISTED:
        form.allow_waiting_list()
    status = 422
    if form.is_valid():
        try:
            rsvp.answer(
                mine[0].guest.pk,
                Guest.Answer(form.cleaned_data["answer"]),
                plus_ones=form.plus_ones(),
                at=timezone.now(),
                version=form.cleaned_data["version"],
            )
        except rsvp.EventFull as full:
            form.allow_waiting_list()
            form.add_error(None, _full_words(full.seats_left))
            status = 409
        except rsvp.StaleAnswer:
            text = _("This answer was changed on another device. Here is what stands.")
            form = _form(row, mine[0])
            return _page(request, row, evenings, problem=text, status=409)
        except rsvp.AnswersClosed:
            text = _("Answers are closed. What you told us before still stands.")
            return _page(request, row, evenings, problem=text, status=410)
        else:
            return redirect("guests:invitation", public_id)
    return _page(
        request, row, evenings, forms={mine[0].guest.pk: form}, status=status
    )


@login_not_required
@never_cache
@require_safe
def entry_pass(request: HttpRequest, public_id: str) -> HttpResponse:
    """The QR code for the door, one for each person who is coming."""
    row = _opened(request, public_id)
    if row is None:
        return _retired(request)
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
    """The evening as a calendar file, the same entry the mail carries."""
    row = _opened(request, public_id)
    if row is None:
        return _retired(request)
    entry = letters.calendar(row.event, row)
    entry["url"] = settings.SITE_URL + reverse("guests:invitation", args=[public_id])
    return HttpResponse(
        ics.from_values(entry, stamp=row.created_at),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{row.event.slug}.ics"'},
    )


@login_not_required
@never_cache
@require_POST
def donate(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send a winner to Stripe's page for what they owe."""
    row = _opened(request, public_id)
    if row is None:
        return _retired(request)
    chosen = request.POST.get("guest", "")
    guests = row.guests.on_the_list()
    guest = guests.filter(public_id=chosen).first() if chosen else guests.first()
    if guest is None:
        raise Http404
    page = settings.SITE_URL + reverse("guests:invitation", args=[public_id])
    try:
        donation = pledges.donation_for(guest.pk)
        url = checkout.open_checkout(
            donation.pk,
            success_url=f"{page}thanks/?cs={{CHECKOUT_SESSION_ID}}",
            cancel_url=page,
            at=timezone.now(),
        )
    except (pledges.NothingOwed, checkout.AlreadySettled):
        return redirect("guests:invitation", public_id)
    except pledges.PaymentPending:
        return redirect("guests:thanks", public_id)
    except checkout.CheckoutFailed as error:
        return _page(request, row, evening.of(row), problem=str(error), status=503)
    return redirect(url)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def thanks(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where Stripe sends the donor back to. The address proves nothing: GET shows
    our own rows, and a press (the page presses by itself) asks Stripe."""
    row = _opened(request, public_id)
    if row is None:
        return _retired(request)
    evenings = evening.of(row)
    if request.method == "POST":
        for seen in evenings:
            if seen.donation is not None and not seen.donation.settles:
                settlement.confirm_return(seen.donation.pk)
        evenings = evening.of(row)
    given = [seen for seen in evenings if seen.donation is not None]
    if not given:
        return redirect("guests:invitation", public_id)
    context = {"invitation": row, "event": row.event, "evenings": given}
    context["is_waiting"] = any(not seen.donation.settles for seen in given)
    name = "_thanks_state" if request.htmx else "invitation_thanks"
    return render(request, f"guests/{name}.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lost_link(request: HttpRequest) -> HttpResponse:
    """Send the link again, saying the same for known and unknown addresses."""
    form = LostLinkForm(request.POST or None)
    context = {"form": form}
    if request.method == "POST" and form.is_valid():
        invitations.send_lost_links(form.cleaned_data["email"], timezone.now())
        context["is_sent"] = True
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "guests/lost_link.html", context, status=status)


def _opened(request: HttpRequest, public_id: str) -> Invitation | None:
    """The invitation, if this browser came in by its present link."""
    row = (
        Invitation.objects.select_related("event__charity", "contact")
        .filter(public_id=public_id)
        .first()
    )
    return row if row is not None and realm.may_open(request, row) else None


def _retired(request: HttpRequest) -> HttpResponse:
    """One page for a wrong, an old and another's link, with a way to a new one."""
    return render(request, "guests/link_retired.html", status=404)


def _page(
    request: HttpRequest,
    row: Invitation,
    evenings: list[evening.Evening],
    forms: dict[int, RsvpForm] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    takes_answers = row.event.takes_answers()
    shown = []
    for seen in evenings:
        form = (forms or {}).get(seen.guest.pk) or _form(row, seen)
        shown.append({"evening": seen, "form": form})
    context = {
        "invitation": row,
        "event": row.event,
        "shown": shown,
        "takes_answers": takes_answers,
        "problem": problem,
    }
    return render(request, "guests/invitation_detail.html", context, status=status)


def _form(row: Invitation, seen: evening.Evening, data: object = None) -> RsvpForm:
    answered = seen.guest.answer != Guest.Answer.WAITING
    return RsvpForm(
        data,
        invitation=row,
        names=[guest.name for guest in seen.plus_ones],
        initial={"answer": seen.guest.answer if answered else None},
        auto_id=f"{seen.guest.public_id}_%s",
    )


def _full_words(seats_left: int) -> str:
    if seats_left:
        return _(
            "Only %(n)d seats are left, so nothing was changed. "
            "Come with fewer people, or wait for a seat."
        ) % {"n": seats_left}
    return _(
        "The last seat has just gone, so nothing was changed. "
        "Shall we put you on the waiting list?"
    )
