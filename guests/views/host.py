"""The event on one page, its log, and what the charity may ask of it."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events import activity_page, outbox
from events.access import FINANCE, HOST, open_event
from events.models import Event
from events.views.downloads import download, in_no_language, slowly
from guests import attention, door, dues, first_steps, invitations, seats
from guests.listing import pages
from guests.views import exports
from losers_lounge import csvfile

STATUS_TONES = {
    Event.Status.DRAFT: "waiting",
    Event.Status.OPEN: "good",
    Event.Status.CLOSED: "muted",
    Event.Status.CANCELLED: "bad",
}


@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """The event on one page: what is done, and what to do next. For all roles."""
    access = open_event(request.user, slug)
    event, is_host = access.event, HOST in access.roles
    counts, at = pages.counts(event), timezone.now()
    inside = door.inside_count(event)
    unsent = invitations.unsent(event) if is_host else None
    context = {
        **access.context,
        "seats": seats.of(event),
        "counts": counts,
        "inside": inside,
        "status_tone": STATUS_TONES[event.status],
        "nothing_leaves": outbox.why_nothing_leaves() if is_host else "",
        "attention": attention.of(event, counts, unsent, at) if unsent else None,
        "steps": first_steps.of(event, counts, unsent.waiting, inside)
        if unsent
        else None,
        "activities": event.activities.all()[:8] if is_host else (),
    }
    return render(request, "guests/overview.html", context)


@require_safe
def dues_summary(request: HttpRequest, slug: str) -> HttpResponse:
    """What is still due, as sums without names: for the charity's dashboard."""
    access = open_event(request.user, slug, FINANCE)
    context = {**access.context, "dues": dues.of(access.event, timezone.now())}
    return render(request, "guests/_dues_summary.html", context)


@require_safe
def activity_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Who did what for whom, the newest first."""
    access = open_event(request.user, slug, HOST)
    wanted = activity_page.Wanted.of(request.GET)
    page = activity_page.read(access.event, wanted, request.GET.get("after", ""))
    asked = {"who": wanted.who, "q": wanted.text}
    kept = {name: value for name, value in asked.items() if value}
    context = {
        **access.context,
        "activities": page.lines,
        "is_first": page.is_first,
        "wanted": wanted,
        "query": urlencode(kept),
        "next_url": f"?{urlencode(kept | {'after': page.next_after})}"
        if page.next_after
        else "",
    }
    return render(request, "guests/activity_list.html", context)


@require_safe
@slowly
@in_no_language
def activity_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The same lines as a file, all of them."""
    event = open_event(request.user, slug, HOST).event
    rows = activity_page.rows(event, activity_page.Wanted.of(request.GET))
    lines = csvfile.write([str(name) for name in activity_page.COLUMNS], rows)
    return download(request, lines, event, "activity.csv", exports.CSV)
