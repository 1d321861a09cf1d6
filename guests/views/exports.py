"""The list as a file or on paper: for the host, for the venue, for the door."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.access import DOOR, HOST, open_event
from events.views.downloads import download, in_no_language, slowly
from guests.listing import exports, filtering
from guests.views.door.shown import FoundRow
from losers_lounge import csvfile, xlsxfile

CSV = "text/csv; charset=utf-8"


@require_safe
@slowly
@in_no_language
def guests_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Whoever fits the filters of the address, as CSV."""
    event = open_event(request.user, slug, HOST).event
    rows = exports.guest_rows(event, filtering.read(request.GET).guests(event))
    lines = csvfile.write(exports.GUEST_COLUMNS, rows)
    return download(request, lines, event, "guests.csv", CSV)


@require_safe
@slowly
@in_no_language
def guests_xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a workbook."""
    event = open_event(request.user, slug, HOST).event
    rows = exports.guest_rows(event, filtering.read(request.GET).guests(event))
    pieces = xlsxfile.write(_("Guests"), exports.GUEST_COLUMNS, rows)
    return download(request, pieces, event, "guests.xlsx", xlsxfile.CONTENT_TYPE)


@require_safe
def venue(request: HttpRequest, slug: str) -> HttpResponse:
    """Heads by tag and what guests need, to read or to print."""
    access = open_event(request.user, slug, HOST)
    (_all, everybody), *tags = exports.heads_by_tag(access.event)
    context = {
        **access.context,
        "everybody": everybody,
        "tags": tags,
        "needs": exports.needs(access.event),
        "as_of": timezone.now(),
    }
    return render(request, "guests/venue_sheet.html", context)


@require_safe
@slowly
@in_no_language
def venue_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """What the venue asks, as CSV."""
    event = open_event(request.user, slug, HOST).event
    lines = csvfile.write(exports.VENUE_COLUMNS, exports.venue_rows(event))
    return download(request, lines, event, "venue.csv", CSV)


@require_safe
@slowly
@in_no_language
def venue_xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    """What the venue asks, as a workbook."""
    event = open_event(request.user, slug, HOST).event
    rows = exports.venue_rows(event)
    pieces = xlsxfile.write(_("Venue"), exports.VENUE_COLUMNS, rows)
    return download(request, pieces, event, "venue.xlsx", xlsxfile.CONTENT_TYPE)


@require_safe
@slowly
def door_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody who is coming, A to Z, on paper: for when nothing else works."""
    access = open_event(request.user, slug, HOST, DOOR)
    context = {
        **access.context,
        "people": map(FoundRow, exports.door_cards(access.event)),
        "as_of": timezone.now(),
    }
    return render(request, "guests/door_list.html", context)
