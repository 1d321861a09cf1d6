"""Who owes what and why, for hosts; the charity sees only the sums (dues_summary)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.access import open_event
from guests import dues
from guests.models import Obligation

MOST_SHOWN = 200


@require_safe
def obligation_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Who still owes, whom to offer a gift back, and who has given."""
    access = open_event(request.user, slug, "host")
    rows = Obligation.objects.filter(guest__event=access.event).select_related("guest")
    unpaid = list(rows.unpaid().order_by("due_at", "pk")[: MOST_SHOWN + 1])
    context = {
        **access.context,
        "dues": dues.of(access.event, timezone.now()),
        "unpaid": unpaid[:MOST_SHOWN],
        "has_more": len(unpaid) > MOST_SHOWN,
        "to_offer_back": rows.paid_for_nothing().with_paid_cents()[:MOST_SHOWN],
        "satisfied": rows.satisfied().order_by("-due_at", "-pk")[:MOST_SHOWN],
    }
    return render(request, "guests/obligation_list.html", context)
