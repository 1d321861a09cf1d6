"""A winner pays at the door, on their own phone: name, why, amount, and a button.

The checker's screen shows a code; whoever scans it may give for that one person, and
sees nothing else of the invitation.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from guests import evening
from guests.forms.giving import ExtrasForm
from guests.models import Guest
from guests.payments import Way, Wish
from guests.realms import guest_realm
from guests.views import giving
from guests.views.wrong_links import wrong_link
from losers_lounge import links
from losers_lounge.throttle import Throttle

PRESSES = Throttle("pay", most=20, seconds=600)


@login_not_required
@never_cache
@require_safe
def pay_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the code's token out of the address: a cookie, and the page to pay on."""
    lookup, mac = links.split_token(token)
    rows = Guest.objects.select_related("invitation", "merged_into__invitation")
    guest = rows.filter(public_id=lookup).first()
    version = guest.invitation.link_version if guest else 0
    if guest is None or not links.is_genuine("pay", lookup, version, mac):
        reason = guest_realm.no_way_in("pay", token, Guest)
        return wrong_link(request, reason)
    guest = guest.merged_into or guest
    response = redirect("guests:pay", guest.public_id)
    response["Referrer-Policy"] = "no-referrer"
    guest_realm.remember_payer(request, response, guest)
    return response


@login_not_required
@never_cache
@require_safe
def pay_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who gives how much, to whom, and why."""
    return _show(request, guest_realm.open_payer(request, public_id))


@login_not_required
@never_cache
@require_POST
def pay_give(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send them to Stripe's page for what this person owes."""
    guest = guest_realm.open_payer(request, public_id)
    if not PRESSES.admit(public_id):
        return PRESSES.refusal(request)
    seen = evening.money_of(guest)
    form = ExtrasForm(request.POST, event=guest.event, owed_cents=seen.cents_due)
    if not form.is_valid():
        return _show(request, guest, form, status=422)
    return giving.to_checkout(
        request,
        form.wish(Wish.of_guest(guest)),
        # The code stands on the checker's screen too, so no address is told.
        Way(_page_of(guest), tells_email=False),
        refused=lambda words, status: _show(
            request, guest, form, problem=words, status=status
        ),
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay_thanks(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where Stripe sends them back to; the door's screen turns by itself."""
    guest = guest_realm.open_payer(request, public_id)
    context = {"event": guest.event, "is_at_the_door": True}
    return giving.returned(
        request, lambda: [evening.money_of(guest)], _page_of(guest), context
    )


def _page_of(guest: Guest) -> str:
    return reverse("guests:pay", args=[guest.public_id])


def _show(
    request: HttpRequest,
    guest: Guest,
    form: ExtrasForm | None = None,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    seen = evening.money_of(guest)
    if form is None:
        form = ExtrasForm(event=guest.event, owed_cents=seen.cents_due)
    context = {"event": guest.event, "seen": seen, "form": form, "problem": problem}
    return render(request, "guests/pay.html", context, status=status)
