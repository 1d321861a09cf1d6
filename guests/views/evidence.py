"""What the evening knows about a donation, for hosts alone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.access import HOST, open_event
from guests import evidence


@never_cache
@require_safe
def gift_evidence(request: HttpRequest, slug: str, donation_id: str) -> HttpResponse:
    """Who came for it, when, and what was signed for; nobody but hosts reads it."""
    access = open_event(request.user, slug, HOST)
    donation = get_object_or_404(access.event.donations, public_id=donation_id)
    context = access.context | {
        "donation": donation,
        "evenings": evidence.of_donation(access.event, donation.public_id),
    }
    return render(request, "guests/gift_evidence.html", context)
