"""Where Stripe knocks."""

import structlog
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from donations import webhooks
from donations.stripe_gateway import Forged, Stale
from losers_lounge import tally

logger = structlog.get_logger(__name__)

FORGED, STALE = "webhooks.forged", "webhooks.stale"


@csrf_exempt
@login_not_required
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Store what Stripe signed and say so; say nothing to anybody else.

    200 also for what is there already, unknown or of the other mode; 400 for what
    Stripe did not sign; 413 above 256 KB. A database that is down is a 500: Stripe
    comes again.
    """
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return HttpResponse(status=400)
    if length > webhooks.LARGEST_BODY:
        return HttpResponse(status=413)
    try:
        webhooks.receive(request.body, request.headers.get("Stripe-Signature", ""))
    except Forged as error:
        tally.count(STALE if isinstance(error, Stale) else FORGED)
        logger.warning("webhook_refused", reason=str(error))
        return HttpResponse(status=400)
    return HttpResponse()
