"""The way to Stripe's payment page and back. GET shows; a press acts."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from donations import card_testing, checkout, settlement
from donations.models import Donation
from events.models import Event
from guests import evening, payments, surplus
from guests.evening import Evening
from guests.forms.giving import GivingForm
from guests.models import Guest, Invitation
from guests.payments import Way, Wish
from guests.realms import guest_realm, link_uses
from guests.views import invited
from guests.views.answer_forms import Refused
from losers_lounge.throttle import Throttle, network

PRESSES = Throttle("donate", most=20, seconds=600)
# The page of thanks presses by itself, each time a call to Stripe: then the webhook
# or the sweep will tell as well.
ASKS = Throttle("asks_stripe", most=40, seconds=600)
State = Donation.State
WAITING = (State.CREATED, State.CHECKOUT_OPEN)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def donate(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is owed, for whom else one may pay, and a free gift.

    A press that names one `guest` and nothing else is the invitation's own: it goes
    straight to Stripe's page for what that guest owes.
    """
    row = guest_realm.open_invitation(request, public_id)
    if request.method != "POST":
        return _show(request, row)
    if not PRESSES.admit(public_id):
        return PRESSES.refusal(request)
    link_uses.note(request, row, timezone.now())
    if "choice" in request.POST:
        return _take(request, row)
    guest = evening.of_guest(evening.of(row), request.POST.get("guest", "")).guest
    guest.invitation = row
    return to_checkout(
        request,
        Wish.of_guest(guest),
        Way(reverse("guests:invitation", args=[row.public_id])),
        refused=lambda words, status: invited.show(
            request, row, refused=Refused(words=words, status=status)
        ),
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def thanks(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where Stripe sends the donor back to."""
    row = guest_realm.open_invitation(request, public_id)
    page = reverse("guests:invitation", args=[row.public_id])
    context = {"invitation": row, "event": row.event}
    return returned(request, lambda: evening.of(row), page, context)


def to_checkout(
    request: HttpRequest,
    wish: Wish,
    way: Way,
    *,
    refused: Callable[[str, int], HttpResponse],
) -> HttpResponse:
    """A redirect to the payment page for this wish; back to `way.page` after.

    `refused` shows the words of a refusal, with its status.
    """
    try:
        url = payments.payment_page(
            wish, way, at=timezone.now(), network=network(request)
        )
    except (payments.NothingOwed, checkout.AlreadySettled):
        return redirect(way.page)
    except payments.PaymentPending:
        return redirect(f"{way.page}thanks/")
    except card_testing.TooManyPages as error:
        return refused(str(error), 429)
    except checkout.CheckoutFailed as error:
        return refused(str(error), 503)
    return redirect(url)


@dataclass(frozen=True)
class Given:
    """A donation as the page of thanks tells of it: all of it, or one guest's part."""

    donation: Donation
    cents: int

    @property
    def is_waiting(self) -> bool:
        return self.donation.state in WAITING


def returned(
    request: HttpRequest,
    look: Callable[[], list[Evening]],
    page: str,
    context: dict[str, object],
) -> HttpResponse:
    """The page of thanks. The address proves nothing: GET shows our own rows, and a
    press (the page presses by itself) asks Stripe.

    The address names the donation; where it names none that led back to this page,
    what was given last for each of these people is shown.
    """
    event, named = context["event"], request.GET.get("d", "")[:16]
    given = _given(event, named, page, look)
    if request.method == "POST":
        for row in given:
            if not row.donation.settles and ASKS.admit(page):
                settlement.confirm_return(row.donation.pk)
        _look_for_surplus([row.donation for row in given])
        given = _given(event, named, page, look)
    if not given:
        return redirect(page)
    waiting = any(row.is_waiting for row in given)
    again = f"{page}thanks/" + (f"?{urlencode({'d': named})}" if named else "")
    context |= {"given": given, "is_waiting": waiting, "page": page, "again": again}
    name = "_thanks_state" if request.htmx else "invitation_thanks"
    return render(request, f"guests/{name}.html", context)


def _look_for_surplus(donations: list[Donation]) -> None:
    """Whether somebody else paid for the same meanwhile is seen at once."""
    settled = Guest.objects.filter(obligations__settlements__donation__in=donations)
    surplus.look_at(set(settled.values_list("pk", flat=True)), timezone.now())


def _given(
    event: Event, named: str, page: str, look: Callable[[], list[Evening]]
) -> list[Given]:
    led_back = Q(attempts__success_url__startswith=f"{settings.SITE_URL}{page}thanks/")
    found = event.donations.filter(led_back, public_id=named) if named else None
    if found and (one := found.first()):
        return [Given(one, one.amount_cents)]
    evenings = [seen for seen in look() if seen.donation is not None]
    return [Given(seen.donation, seen.donation_cents) for seen in evenings]


def _show(
    request: HttpRequest,
    row: Invitation,
    form: GivingForm | None = None,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    if form is None:
        form = GivingForm(event=row.event, owing=payments.of_invitation(row))
    context = {"invitation": row, "event": row.event, "form": form, "problem": problem}
    return render(request, "guests/invitation_donate.html", context, status=status)


def _take(request: HttpRequest, row: Invitation) -> HttpResponse:
    """The whole form: for these people, this on top, thanked like this."""
    owing = payments.of_invitation(row)
    form = GivingForm(request.POST, event=row.event, owing=owing)
    if not form.is_valid():
        return _show(request, row, form, status=422)
    return to_checkout(
        request,
        form.wish(_giver(row)),
        Way(reverse("guests:invitation", args=[row.public_id])),
        refused=lambda words, status: _show(
            request, row, form, problem=words, status=status
        ),
    )


def _giver(row: Invitation) -> Wish:
    """Whoever is invited by name gives; for a list without one, its contact does."""
    guest: Guest | None = row.guests.principals().order_by("pk").first()
    if guest is None:
        return Wish.of_contact(row.contact)
    guest.event, guest.invitation = row.event, row
    return Wish.of_guest(guest)
