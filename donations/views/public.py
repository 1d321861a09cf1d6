"""The public total: the same figures as everywhere, with what they count."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations import totals
from donations.reconciliation import standing
from events.models import Event


@login_not_required
@never_cache
@require_safe
def total(request: HttpRequest, slug: str) -> HttpResponse:
    """The total for everybody, if the host has opened it; else it is not there."""
    event = _public_event(slug)
    context = {
        "event": event,
        "totals": totals.for_event(event, timezone.now()),
        "standing": standing(event.charity.stripe_account_id),
    }
    return render(request, "donations/total.html", context)


@login_not_required
@never_cache
@require_safe
def total_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as JSON, with its definition; amounts in minor units."""
    event = _public_event(slug)
    figures = totals.for_event(event, timezone.now())
    stand = standing(event.charity.stripe_account_id)
    return JsonResponse(
        {
            "event": event.slug,
            "currency": event.currency,
            "as_of": figures.as_of.isoformat(),
            "raised_cents": figures.raised_cents,
            "refunds_cents": figures.refunds_cents,
            "disputes_cents": figures.disputes_cents,
            "fees_cents": figures.fees_cents,
            "net_cents": figures.net_cents,
            "gifts": figures.gifts,
            "counts": "payments taken by Stripe for this event, in its ledger",
            "equals_stripe": stand.equals_stripe,
            "reconciled_at": stand.as_of.isoformat() if stand.as_of else None,
        }
    )


def _public_event(slug: str) -> Event:
    events = Event.objects.select_related("charity")
    return get_object_or_404(events, slug=slug, total_is_public=True)
