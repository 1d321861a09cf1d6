"""Pages for who runs the place; for everybody else there is nothing here."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events import outbox, pulse
from events.models import Heartbeat, Message
from losers_lounge.operations import alerts, exposition
from losers_lounge.operations import metrics as figures


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For a monitor of METRICS_NETWORKS, and for superusers; 404 for others."""
    if not (_is_monitor(request) or _is_operator(request)):
        raise Http404
    told = exposition.text(figures.read(timezone.now()))
    return HttpResponse(told, content_type=exposition.CONTENT_TYPE)


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """What is wrong now and what to do, for superusers; 404 for others."""
    if not _is_operator(request):
        raise Http404
    at, found, counts = timezone.now(), pulse.take(), outbox.counts()
    checks = found.checks | {"broker": found.hears_bell, "released": not found.is_held}
    states = [(state.label, counts[state]) for state in Message.State]
    context = {
        "at": at,
        "alerts": alerts.firing(at),
        "checks": checks.items(),
        "heartbeats": [
            (row.name, row.at) for row in Heartbeat.objects.order_by("name")
        ],
        "mails": [(label, number) for label, number in states if number],
    }
    return render(request, "operations/board.html", context)


def _is_operator(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.is_superuser


def _is_monitor(request: HttpRequest) -> bool:
    """Whether it comes from there, as TrustedProxies found it."""
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in ip_network(name) for name in settings.METRICS_NETWORKS)
