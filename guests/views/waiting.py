"""The waiting list for hosts: who is next, who was offered a seat, and until when."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from events.access import HOST, Access, open_event
from guests import name_requests, seats, waiting_list
from guests.forms.waiting import ReleaseForm
from guests.models import SeatOffer

MOST_SHOWN = 200


@require_safe
def waiting_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody who waits, in order, and the offers that are open."""
    return _show(request, open_event(request.user, slug, HOST), ReleaseForm())


@require_POST
def offers_release(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer free seats to the next of a wave, or to one guest, by hand."""
    access, at = open_event(request.user, slug, HOST), timezone.now()
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return _show(request, access, form, status=422)
    done = waiting_list.release(
        access.event.pk,
        parties=form.cleaned_data["parties"] or 1,
        wave=form.cleaned_data["wave"],
        guest_id=form.cleaned_data["guest"],
        by=request.user,
        at=at,
    )
    if done.offered:
        text = ngettext(
            "Offered to %(n)d party; their mail is on its way.",
            "Offered to %(n)d parties; their mail is on its way.",
            done.offered,
        )
        messages.success(request, text % {"n": done.offered})
    else:
        is_on = waiting_list.is_on(access.event, at)
        messages.error(request, _why_not(is_on, done.seats_left))
    return redirect("guests:waiting", slug)


@require_POST
def offer_withdraw(request: HttpRequest, slug: str, offer_id: int) -> HttpResponse:
    """Take an offer back; the next in line is asked at once."""
    access = open_event(request.user, slug, HOST)
    at = timezone.now()
    try:
        offer = waiting_list.withdraw(offer_id, access.event.pk, by=request.user, at=at)
    except SeatOffer.DoesNotExist:
        raise Http404 from None
    except waiting_list.OfferClosed:
        text = _("Nothing was changed: that offer has been answered or has ended.")
        messages.error(request, text)
    else:
        text = _("Taken back. %(name)s waits at the end of the list.")
        messages.success(request, text % {"name": offer.guest.name})
    return redirect("guests:waiting", slug)


def _why_not(is_on: bool, seats_left: int) -> str:
    if not is_on:
        return _("Nothing was offered: the event is not open, or it is over.")
    if not seats_left:
        return _(
            "Nothing was offered: no seat is free. You can add seats in the settings."
        )
    text = _("Nothing was offered: nobody waiting there fits into %(n)d seats.")
    return text % {"n": seats_left}


def _show(
    request: HttpRequest, access: Access, form: ReleaseForm, *, status: int = 200
) -> HttpResponse:
    event = access.event
    offers = event.seat_offers.filter(state=SeatOffer.State.OPEN)
    waiting = list(waiting_list.without_offer(event)[: MOST_SHOWN + 1])
    context = {
        **access.context,
        "form": form,
        "form_is_gone": not waiting,
        "seats": seats.of(event),
        "is_on": waiting_list.is_on(event, timezone.now()),
        "waiting": waiting[:MOST_SHOWN],
        "has_more": len(waiting) > MOST_SHOWN,
        "most_gone_by": waiting_list.MOST_GONE_BY,
        "offers": offers.select_related("guest").order_by("expires_at", "pk"),
        "names_to_decide": name_requests.open_in(event).count(),
    }
    return render(request, "guests/waiting_list.html", context, status=status)
