"""For an assistant who answers for others. GET shows; only a press changes."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guests import realm
from guests.models import Contact
from guests.views import invited
from losers_lounge import links


@login_not_required
@never_cache
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address: a cookie, and the assistant's own page."""
    lookup, mac = links.split_token(token)
    contact = Contact.objects.filter(public_id=lookup, is_assistant=True).first()
    if contact is None or not links.is_genuine(
        "contact", lookup, contact.link_version, mac
    ):
        return invited.wrong_link(request)
    response = redirect("guests:contact", contact.public_id)
    response["Referrer-Policy"] = "no-referrer"
    realm.remember(request, response, contact)
    return response


@login_not_required
@never_cache
@require_safe
def portal_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everybody this assistant answers for, as rows."""
    contact = realm.open_contact(request, public_id)
    context = {"contact": contact, "event": contact.event}
    return render(request, "guests/contact_detail.html", context)
