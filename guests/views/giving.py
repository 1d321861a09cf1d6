"""A winner's way to Stripe's payment page and back. GET shows; a press acts."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations import checkout, settlement
from guests import evening, link_uses, payments, realm
from guests.evening import Evening
from guests.models import Guest
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
    link_uses.note(request, row, timezone.now())
    return to_checkout(
        guest,
        page=reverse("guests:invitation", args=[row.public_id]),
        refused=lambda words: invited.show(request, row, problem=words, status=503),
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def thanks(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where Stripe sends the donor back to."""
    row = realm.open_invitation(request, public_id)
    page = reverse("guests:invitation", args=[row.public_id])
    context = {"invitation": row, "event": row.event}
    return returned(request, lambda: evening.of(row), page, context)


def to_checkout(
    guest: Guest,
    *,
    page: str,
    refused: Callable[[str], HttpResponse],
    tells_email: bool = True,
) -> HttpResponse:
    """A redirect to the payment page for all this guest owes; back to `page` after.

    The address of the page of thanks is `page` with "thanks/" behind it. Stripe's page
    shows the contact's address where it `tells_email`.
    """
    try:
        url = payments.payment_page(
            guest.pk,
            success_url=f"{settings.SITE_URL}{page}thanks/?cs={{CHECKOUT_SESSION_ID}}",
            cancel_url=settings.SITE_URL + page,
            at=timezone.now(),
            tells_email=tells_email,
        )
    except (payments.NothingOwed, checkout.AlreadySettled):
        return redirect(page)
    except payments.PaymentPending:
        return redirect(f"{page}thanks/")
    except checkout.CheckoutFailed as error:
        return refused(str(error))
    return redirect(url)


def returned(
    request: HttpRequest,
    look: Callable[[], list[Evening]],
    page: str,
    context: dict[str, object],
) -> HttpResponse:
    """The page of thanks. The address proves nothing: GET shows our own rows, and a
    press (the page presses by itself) asks Stripe."""
    evenings = look()
    if request.method == "POST":
        for seen in evenings:
            if seen.donation is not None and not seen.donation.settles:
                settlement.confirm_return(seen.donation.pk)
        evenings = look()
    given = [seen for seen in evenings if seen.donation is not None]
    if not given:
        return redirect(page)
    waiting = any(not seen.donation.settles for seen in given)
    context |= {"evenings": given, "is_waiting": waiting, "page": page}
    name = "_thanks_state" if request.htmx else "invitation_thanks"
    return render(request, f"guests/{name}.html", context)
