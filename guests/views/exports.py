"""The list as a file or on paper: for the host, for the venue, for the door."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.access import open_event
from events.models import Event
from guests import exports, list_filters
from guests.views.door_page import FoundRow
from losers_lounge import csvfile, xlsxfile

HOST, DOOR = "host", "door"
CSV = "text/csv; charset=utf-8"


@require_safe
def guests_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Whoever fits the filters of the address, as CSV."""
    event = open_event(request.user, slug, HOST).event
    rows = exports.guest_rows(event, list_filters.read(request.GET).guests(event))
    lines = csvfile.write(exports.GUEST_COLUMNS, rows)
    return download(lines, event, "guests.csv", CSV)


@require_safe
def guests_xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a workbook."""
    event = open_event(request.user, slug, HOST).event
    rows = exports.guest_rows(event, list_filters.read(request.GET).guests(event))
    pieces = xlsxfile.write(_("Guests"), exports.GUEST_COLUMNS, rows)
    return download(pieces, event, "guests.xlsx", xlsxfile.CONTENT_TYPE)


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
def venue_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """What the venue asks, as CSV."""
    event = open_event(request.user, slug, HOST).event
    lines = csvfile.write(exports.VENUE_COLUMNS, exports.venue_rows(event))
    return download(lines, event, "venue.csv", CSV)


@require_safe
def venue_xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    """What the venue asks, as a workbook."""
    event = open_event(request.user, slug, HOST).event
    rows = exports.venue_rows(event)
    pieces = xlsxfile.write(_("Venue"), exports.VENUE_COLUMNS, rows)
    return download(pieces, event, "venue.xlsx", xlsxfile.CONTENT_TYPE)


@require_safe
def door_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody who is coming, A to Z, on paper: for when nothing else works."""
    access = open_event(request.user, slug, HOST, DOOR)
    context = {
        **access.context,
        "people": map(FoundRow, exports.door_cards(access.event)),
        "as_of": timezone.now(),
    }
    return render(request, "guests/door_list.html", context)


def download(
    pieces: Iterable[str | bytes], event: Event, name: str, content_type: str
) -> StreamingHttpResponse:
    """A file to keep, sent as it is made."""
    disposition = f'attachment; filename="{event.slug}-{name}"'
    headers = {"Content-Disposition": disposition}
    return StreamingHttpResponse(pieces, content_type=content_type, headers=headers)
