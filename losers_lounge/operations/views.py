"""Pages for who runs the place; for everybody else there is nothing here."""

from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events import health, heartbeats, outbox, second_factor
from events.models import Message
from losers_lounge.operations import alerts, exposition
from losers_lounge.operations import metrics as figures

CHECKS = {
    "database": _("The database answers"),
    "migrations": _("Its tables are those of this release"),
    "outbox": _("No mail waits for long"),
    "beat": _("Beat looks at what is owed"),
    "worker": _("Workers hear what is asked"),
    "reconcile": _("The books were compared lately"),
    "broker": _("Redis answers"),
    "released": _("Mail and money may leave"),
}
SEEN = {
    heartbeats.BEAT: _("Beat asked"),
    heartbeats.WORKER: _("A worker answered"),
    heartbeats.RECONCILE: _("The books were compared"),
}
MINUTE = timedelta(minutes=1)


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
    at, found, counts = timezone.now(), health.check(), outbox.counts()
    checks = found.checks | {"broker": found.hears_bell, "released": not found.is_held}
    states = [(state.label, counts[state]) for state in Message.State]
    context = {
        "at": at,
        "alerts": alerts.firing(at),
        "checks": [(CHECKS[name], holds) for name, holds in checks.items()],
        "heartbeats": [
            (SEEN[name], _ago(age))
            for name, age in heartbeats.ages().items()
            if name in SEEN
        ],
        "mails": [(label, number) for label, number in states if number],
    }
    return render(request, "operations/board.html", context)


def _is_operator(request: HttpRequest) -> bool:
    """Raises SecondFactorMissing where the setting asks for one."""
    if not (request.user.is_authenticated and request.user.is_superuser):
        return False
    second_factor.ask_operator(request.user)
    return True


def _is_monitor(request: HttpRequest) -> bool:
    """Whether it comes from there, as TrustedProxies found it."""
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in ip_network(name) for name in settings.METRICS_NETWORKS)


def _ago(age: timedelta) -> str:
    if age < 2 * MINUTE:
        seconds = max(0, int(age.total_seconds()))
        return ngettext("%d second ago", "%d seconds ago", seconds) % seconds
    minutes = age // MINUTE
    return ngettext("%d minute ago", "%d minutes ago", minutes) % minutes
