"""What supervisors, balancers and monitors ask."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events import health


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked. This is what a balancer wants."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether work gets done: 200 "ok" or "degraded", 503 "unready".

    Degraded, and still 200: the broker does not answer, or nothing is sent because
    the database came from a backup. Pages work meanwhile, so neither may take every
    web server out of rotation at once.
    """
    found = health.check()
    told = {
        "status": found.status,
        "checks": found.checks,
        "broker": found.hears_bell,
        "held": found.is_held,
    }
    status = HTTPStatus.OK if found.is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse(told, status=status)
