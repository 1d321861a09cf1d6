"""A winner's way to Stripe's payment page and back. GET shows; a press acts."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations import checkout, settlement
from guests import evening, pledges, realm
from guests.views import invited
from losers_lounge.throttle import Throttle

PRESSES = Throttle("donate", most=20, seconds=600)


@login_not_required
@never_cache
@require_POST
def donate(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send a winner to Stripe's page for what they owe."""
    row = realm.open_invitation(request, public_id)
    if PRESSES.is_spent(public_id):
        return PRESSES.refusal(request)
    PRESSES.count(public_id)
    guest = evening.of_guest(evening.of(row), request.POST.get("guest", "")).guest
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
        return invited.show(request, row, problem=str(error), status=503)
    return redirect(url)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def thanks(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where Stripe sends the donor back to. The address proves nothing: GET shows
    our own rows, and a press (the page presses by itself) asks Stripe."""
    row = realm.open_invitation(request, public_id)
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
