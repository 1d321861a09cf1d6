"""The event on one page, its log, and what the charity may ask of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.access import open_event
from guests import door, dues, invitations, list_page, seats

HOST = "host"


@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """The event on one page: what is done, and what to do next. For all roles."""
    access = open_event(request.user, slug)
    event = access.event
    context = {
        **access.context,
        "seats": seats.of(event),
        "counts": list_page.counts(event),
        "categories": event.categories.count(),
        "waiting_to_be_sent": invitations.waiting_to_be_sent(event),
        "without_address": invitations.without_address(event),
        "inside": door.inside_count(event),
        "activities": event.activities.all()[:8] if HOST in access.roles else (),
    }
    return render(request, "guests/overview.html", context)


@require_safe
def dues_summary(request: HttpRequest, slug: str) -> HttpResponse:
    """What is still due, as sums without names: for the charity's dashboard."""
    access = open_event(request.user, slug, "finance")
    context = {**access.context, "dues": dues.of(access.event, timezone.now())}
    return render(request, "guests/_dues_summary.html", context)


@require_safe
def activity_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Who did what for whom."""
    access = open_event(request.user, slug, HOST)
    context = {**access.context, "activities": access.event.activities.all()[:200]}
    return render(request, "guests/activity_list.html", context)
