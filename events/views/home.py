"""The front door, and what operations asks of it."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.models import Message

LONGEST_WAIT = timedelta(minutes=10)


@login_not_required
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Signed in: your events. Anybody else: a door that tells about no event."""
    if request.user.is_authenticated:
        return redirect("events:event_list")
    return render(request, "events/home.html")


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether work gets done: tables up to date, and no mail waiting for long."""
    executor = MigrationExecutor(connection)
    targets = executor.loader.graph.leaf_nodes()
    checks = {
        "migrations": not executor.migration_plan(targets),
        "outbox": not Message.objects.filter(
            state=Message.State.QUEUED, not_before__lt=timezone.now() - LONGEST_WAIT
        ).exists(),
    }
    is_ready = all(checks.values())
    return JsonResponse(
        {"status": "ok" if is_ready else "degraded", "checks": checks},
        status=200 if is_ready else 503,
    )
