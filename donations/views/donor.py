"""For whoever holds a donation's link: thanks, receipts, name, bottle.

GET shows; only a press changes. A donor may be nobody on any guest list, and finds
nothing of one here.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations import donor_realm
from donations.models import Donation
from donations.reward_forms import PLATE_DATA
from losers_lounge.throttle import Throttle, network

WRONG_LINKS = Throttle("donor_links", most=30, seconds=300)


@login_not_required
@never_cache
@require_safe
def donor_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address: a cookie, and the donation's own page."""
    donation = donor_realm.find(token)
    if donation is None:
        if WRONG_LINKS.is_spent(network(request)):
            return WRONG_LINKS.refusal(request)
        WRONG_LINKS.count(network(request))
        raise Http404
    response = redirect("donations:donor", donation.public_id)
    response["Referrer-Policy"] = "no-referrer"
    donor_realm.remember(request, response, donation)
    return response


@login_not_required
@never_cache
@require_safe
def donor(request: HttpRequest, public_id: str) -> HttpResponse:
    """The donation on one page."""
    return show(request, donor_realm.open_donation(request, public_id))


def show(
    request: HttpRequest, donation: Donation, *, problem: str = "", status: int = 200
) -> HttpResponse:
    """The page, with a sentence about what a press could not do."""
    context = {
        "event": donation.event,
        "donation": donation,
        "parts": donation.parts.all(),
        "rewards": donation.rewards.defer("proof"),
        "plate": PLATE_DATA,
        "receipts": donation.receipts.order_by("-pk"),
        "problem": problem,
    }
    return render(request, "donations/donor.html", context, status=status)
