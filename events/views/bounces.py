"""Where a mail provider tells of mail that came back."""

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from events import bounces
from events.bounces import providers

logger = structlog.get_logger(__name__)


@csrf_exempt
@login_not_required
@require_POST
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """Record what the configured provider proves to have sent; 404 for any other.

    200 also for what is known already or about nobody here; 400 for what it did not
    send, or nobody can read. A database that is down is a 500: it comes again.
    """
    if not settings.BOUNCES_SECRET or provider != settings.BOUNCES_PROVIDER:
        raise Http404
    try:
        reports = providers.read(request)
    except (providers.Forged, providers.Malformed) as error:
        logger.warning("bounces.refused", reason=type(error).__name__)
        return HttpResponse(status=400)
    for report in reports:
        bounces.record(report, now())
    return HttpResponse()
