"""An assistant gives for those who let them, one by one or for several at once."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guests import payments, portal
from guests.evening import Evening
from guests.forms.giving import GivingForm
from guests.models import Contact
from guests.payments import Way, Wish
from guests.realms import guest_realm
from guests.views import contact as contact_page
from guests.views import giving
from guests.views.answer_forms import Refused


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is owed by whoever granted it, and a gift on top.

    A press that names one `guest` and nothing else goes straight to Stripe's page, in
    that principal's name.
    """
    contact = guest_realm.open_contact(request, public_id)
    if request.method != "POST":
        return _show(request, contact)
    if not giving.PRESSES.admit(public_id):
        return giving.PRESSES.refusal(request)
    if "choice" in request.POST:
        return _take(request, contact)
    evenings = portal.evenings(contact)
    guest = contact_page.named(evenings, request, principals_only=False).guest
    try:
        portal.begin_giving(contact, [guest], timezone.now())
    except portal.NotGranted as refusal:
        refused = Refused(words=_not_granted(refusal), status=HTTPStatus.CONFLICT)
        return contact_page.show(request, contact, evenings, refused)
    guest.event, guest.invitation.contact = contact.event, contact
    return giving.to_checkout(
        request,
        Wish.of_guest(guest),
        Way(contact_page.page_of(contact)),
        refused=lambda words, status: contact_page.show(
            request, contact, evenings, Refused(words=words, status=status)
        ),
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def thanks(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where Stripe sends an assistant back to; what others gave is not shown here."""
    contact = guest_realm.open_contact(request, public_id)

    def look() -> list[Evening]:
        found = portal.evenings(contact)
        return [seen for seen in found if seen.guest.invitation.contact_may_give]

    context = {"contact": contact, "event": contact.event}
    return giving.returned(request, look, contact_page.page_of(contact), context)


def _take(request: HttpRequest, contact: Contact) -> HttpResponse:
    """The whole form: one payment for these people, in the assistant's own name."""
    owing = payments.of_contact(contact)
    form = GivingForm(request.POST, event=contact.event, owing=owing)
    if not form.is_valid():
        return _show(request, contact, form, status=422)
    wish = form.wish(Wish.of_contact(contact))
    people = [row.guest for row in owing if row.guest.pk in wish.guest_ids]
    try:
        portal.begin_giving(contact, people, timezone.now())
    except portal.NotGranted as refusal:
        return _show(request, contact, problem=_not_granted(refusal), status=409)
    return giving.to_checkout(
        request,
        wish,
        Way(contact_page.page_of(contact)),
        refused=lambda words, status: _show(
            request, contact, form, problem=words, status=status
        ),
    )


def _show(
    request: HttpRequest,
    contact: Contact,
    form: GivingForm | None = None,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    if form is None:
        owing = payments.of_contact(contact)
        form = GivingForm(event=contact.event, owing=owing)
    context = {
        "contact": contact,
        "event": contact.event,
        "form": form,
        "problem": problem,
    }
    return render(request, "guests/invitation_donate.html", context, status=status)


def _not_granted(refusal: portal.NotGranted) -> str:
    text = _("%(name)s has not let you give in their name, so nothing was paid.")
    return text % {"name": str(refusal)}
