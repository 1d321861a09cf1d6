"""A nominee pledges, if they should win: on the invitation, or by an assistant with
leave. GET shows; a press acts, and leads to Stripe's page and back."""

from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from donations import card_testing, checkout
from donations import pledges as cards
from donations.models import Pledge
from guests import evening, payments, pledges, portal
from guests.evening import Evening
from guests.models import Contact, Guest
from guests.payments import Way, Wish
from guests.pledges import Press, mandate
from guests.realms import guest_realm, link_uses
from losers_lounge.throttle import Throttle, network

PRESSES = Throttle("pledge", most=20, seconds=600)
LOOKS = Throttle("pledge_looks", most=40, seconds=600)
State = Pledge.State


@dataclass(frozen=True)
class Door:
    """Whose pledge it is, who presses, and the page all of it leads back to."""

    guest: Guest
    page: str
    home: str
    contact: Contact | None = None

    def press(self, request: HttpRequest) -> Press:
        """Who presses here and now, as it is kept beside the mandate."""
        by = self.contact
        return Press(
            timezone.now(), _ip(request), by.name if by else "", by.pk if by else None
        )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pledge(request: HttpRequest, public_id: str) -> HttpResponse:
    """A nominee's own pledge, on their invitation."""
    row = guest_realm.open_invitation(request, public_id)
    seen = _asked_for(evening.of(row), request)
    seen.guest.event = row.event
    door = Door(
        seen.guest,
        _with_guest(reverse("guests:pledge", args=[row.public_id]), seen.guest),
        reverse("guests:invitation", args=[row.public_id]),
    )
    if request.method == "POST":
        link_uses.note(request, row, timezone.now())
    return _page(request, door)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact_pledge(request: HttpRequest, public_id: str) -> HttpResponse:
    """A principal's pledge for an assistant; without leave nothing of it is shown."""
    contact = guest_realm.open_contact(request, public_id)
    seen = _asked_for(portal.evenings(contact), request)
    if not seen.guest.invitation.contact_may_give:
        return redirect("guests:contact", public_id)
    seen.guest.event = contact.event
    door = Door(
        seen.guest,
        _with_guest(reverse("guests:contact_pledge", args=[public_id]), seen.guest),
        reverse("guests:contact", args=[public_id]),
        contact,
    )
    return _page(request, door)


def _page(request: HttpRequest, door: Door) -> HttpResponse:
    if request.method != "POST":
        return _show(request, door)
    if PRESSES.is_spent(door.guest.public_id):
        return PRESSES.refusal(request)
    act = {"agree": _agree, "withdraw": _withdraw, "look": _look, "pay": _pay}.get(
        request.POST.get("do", "")
    )
    if act is None:
        words = _("Nothing was changed. Press a button on this page.")
        return _show(request, door, words, 422)
    if act is not _look:
        PRESSES.count(door.guest.public_id)
    try:
        return act(request, door)
    except cards.SetupUnavailable as refusal:
        return _show(request, door, str(refusal), 503)
    except pledges.PledgeRefused as refusal:
        return _show(request, door, str(refusal), 409)


def _agree(request: HttpRequest, door: Door) -> HttpResponse:
    """To Stripe's page; the card's owner agrees to what stands above the button."""
    press = door.press(request)
    row = pledges.agree(door.guest.pk, press)
    if not row.setup_url:
        # Whoever tries out stolen cards would like this page too.
        page = card_testing.Press(who=[f"pledge:{door.guest.pk}"], is_gift=False)
        if card_testing.refuses(page):
            return _show(request, door, str(card_testing.TooManyPages()), 429)
        card_testing.count(page, door.guest.event, at=press.at)
    back = settings.SITE_URL + door.page
    try:
        url = cards.setup_page(
            row.pk,
            success_url=f"{back}&cs={{CHECKOUT_SESSION_ID}}",
            cancel_url=back,
            at=press.at,
        )
    except cards.PledgeOver:
        return redirect(door.page)
    return redirect(url)


def _withdraw(request: HttpRequest, door: Door) -> HttpResponse:
    press = door.press(request)
    row = pledges.latest(door.guest)
    if pledges.withdraw(door.guest.pk, press) and row is not None:
        cards.forget_owed(press.at, row.pledge_id)
        messages.success(request, _("Taken back. The card is forgotten."))
    return redirect(door.page)


def _look(request: HttpRequest, door: Door) -> HttpResponse:
    """Ask Stripe whether the card is there; the page presses by itself.

    Too often in ten minutes, and the page shows what stands here: the webhook tells.
    """
    row, who = pledges.latest(door.guest), door.guest.public_id
    is_known = row is not None and bool(row.pledge.setup_session_id)
    if row is not None and is_known and LOOKS.admit(who):
        cards.come_back(row.pledge_id, timezone.now())
    if request.htmx:
        return _show(request, door)
    return redirect(door.page)


def _pay(request: HttpRequest, door: Door) -> HttpResponse:
    """To the page on which the donor gives what the saved card was not good for."""
    if door.contact is not None:
        try:
            portal.begin_giving(door.contact, [door.guest], timezone.now())
        except portal.NotGranted:
            raise Http404 from None
    row = pledges.latest(door.guest)
    wish = Wish.of_guest(door.guest)
    if row is not None:
        wish = wish.more(credit_name=row.pledge.credit_name)
    try:
        url = payments.payment_page(
            wish, Way(door.home), at=timezone.now(), network=network(request)
        )
    except (payments.NothingOwed, payments.PaymentPending, checkout.AlreadySettled):
        return redirect(door.page)
    except checkout.CheckoutFailed as refusal:
        return _show(request, door, str(refusal), 503)
    return redirect(url)


def _show(
    request: HttpRequest, door: Door, problem: str = "", status: int = 200
) -> HttpResponse:
    guest, at = door.guest, timezone.now()
    row = pledges.latest(guest)
    kept = row.pledge if row else None
    is_over = kept is None or kept.state in Pledge.OVER
    is_new = is_over or kept.state == State.OFFERED
    cents = pledges.offered_cents(guest) if is_new else 0
    context = {
        "event": guest.event,
        "guest": guest,
        "contact": door.contact,
        "pledge": kept,
        "seen": evening.money_of(guest),
        "offered_cents": cents,
        "terms": mandate.of(guest.event, guest.name, cents, at) if cents else None,
        "may_try_again": kept is not None and kept.tries < cards.MOST_TRIES,
        "page": door.page,
        "home": door.home,
        "problem": problem,
    }
    name = "_pledge_state" if request.htmx else "pledge"
    return render(request, f"guests/{name}.html", context, status=status)


def _asked_for(evenings: list[Evening], request: HttpRequest) -> Evening:
    """Who is named in the address or the form, else the first who is up for anything.

    Raises Http404 for anybody else.
    """
    name = request.POST.get("guest") or request.GET.get("guest", "")
    nominees = [seen for seen in evenings if seen.credits]
    if not nominees:
        raise Http404
    return evening.of_guest(nominees, name)


def _with_guest(path: str, guest: Guest) -> str:
    return f"{path}?guest={guest.public_id}"


def _ip(request: HttpRequest) -> str | None:
    try:
        return str(ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None
