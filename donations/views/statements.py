"""Statements for good: closing, press, and the journal for the accountant."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from donations import figures, journal
from donations import statements as books
from donations.models import Statement
from donations.statements import labels, press
from events import activity
from events.access import FINANCE, open_event
from events.models import Event
from events.views.downloads import download, slowly
from losers_lounge import csvfile
from losers_lounge.lazy import lazy_module
from losers_lounge.whole_number import whole_number

paper = lazy_module("donations.statements.paper")
CSV, JSON = "text/csv; charset=utf-8", "application/json"
# The number of a version is a small integer in the database.
MOST_VERSIONS = 32_767


@never_cache
@require_safe
def statements(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version of the closing statement, and a press to freeze the next."""
    access = open_event(request.user, slug, FINANCE)
    event, now = access.event, timezone.now()
    versions = list(books.versions(event).defer("body"))
    for newer, older in zip(versions, versions[1:], strict=False):
        newer.raised_more = newer.raised_cents - older.raised_cents
        newer.net_more = newer.net_cents - older.net_cents
        newer.entries_more = newer.entries - older.entries
    context = access.context | {
        "figures": figures.of(event, now),
        "versions": versions,
        "sheets": press.sheets(event).defer("body"),
    }
    return render(request, "donations/statements.html", context)


@never_cache
@require_safe
def statement(request: HttpRequest, slug: str, version_number: int) -> HttpResponse:
    """One version: its sums, its head, and what it says otherwise than the last."""
    access = open_event(request.user, slug, FINANCE)
    found = _version(access.event, version_number)
    context = access.context | {
        "statement": found,
        "footer": books.footer_of(found.body),
        "difference": books.difference(found),
    }
    return render(request, "donations/statement.html", context)


@never_cache
@require_POST
def statement_freeze(request: HttpRequest, slug: str) -> HttpResponse:
    """Freeze the books as they stand, as the next version."""
    access = open_event(request.user, slug, FINANCE)
    at = timezone.now()
    found = books.freeze(access.event.pk, by=str(request.user), at=at)
    if found.made_at == at:
        name = gettext_noop("Closing statement %d") % found.number
        verb = gettext_noop("froze")
        activity.record(access.event, request.user, verb, name, at=at)
        messages.success(request, _("Frozen as version %d.") % found.number)
    else:
        words = _("Nothing has changed since version %d: it stands.")
        messages.info(request, words % found.number)
    return redirect("donations:statements", slug)


@never_cache
@require_safe
@slowly
def statement_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The statement as JSON; ?version=2 is the one that was frozen."""
    event = open_event(request.user, slug, FINANCE).event
    number = _asked(request)
    if number is None:
        pieces = books.as_json(event, timezone.now())
        return download(request, pieces, event, "statement.json", JSON)
    found = _version(event, number)
    return download(request, [found.body], event, f"statement-{number}.json", JSON)


@never_cache
@require_safe
@slowly
def statement_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The statement's lines as CSV, with their hashes; ?version=2 as frozen."""
    event = open_event(request.user, slug, FINANCE).event
    number = _asked(request)
    if number is None:
        pieces = books.as_csv(books.lines(event))
        return download(request, pieces, event, "statement.csv", CSV)
    rows = books.lines_of(_version(event, number).body)
    return download(request, books.as_csv(rows), event, f"statement-{number}.csv", CSV)


@never_cache
@require_safe
@slowly
def statement_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The statement on paper; ?version=2 as frozen."""
    event = open_event(request.user, slug, FINANCE).event
    number = _asked(request)
    if number is None:
        body, kept = "".join(books.as_json(event, timezone.now())), None
    else:
        found = _version(event, number)
        body, kept = found.body, found.printed_in
    name = f"statement-{number}.pdf" if number else "statement.pdf"
    said = kept or labels.printing(event)
    pages = paper.as_pdf(said, body, books.lines_of(body))
    return download(request, [pages], event, name, "application/pdf")


@never_cache
@require_safe
@slowly
def journal_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The journal for the accountant's program."""
    event = open_event(request.user, slug, FINANCE).event
    pieces = csvfile.write(journal.COLUMNS, journal.rows(event))
    return download(request, pieces, event, "journal.csv", CSV)


@never_cache
@require_safe
def press_sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """What the press is told now, and what it was told before."""
    access = open_event(request.user, slug, FINANCE)
    now = timezone.now()
    last = press.sheets(access.event).first()
    context = access.context | {
        "draft": press.draft(access.event, now),
        "sheet": press.read(last) if last else None,
        "since": press.since(last, now) if last else None,
        "sheets": press.sheets(access.event)[1:],
        "now": now,
    }
    return render(request, "donations/press.html", context)


@never_cache
@require_POST
def press_freeze(request: HttpRequest, slug: str) -> HttpResponse:
    """Freeze what the press is told, word for word."""
    access = open_event(request.user, slug, FINANCE)
    at = timezone.now()
    found = press.freeze(access.event.pk, by=str(request.user), at=at)
    if found.made_at == at:
        name = gettext_noop("Press sheet %d") % found.number
        verb = gettext_noop("froze")
        activity.record(access.event, request.user, verb, name, at=at)
        messages.success(request, _("Frozen as press sheet %d.") % found.number)
    else:
        words = _("The number has not changed since press sheet %d: it stands.")
        messages.info(request, words % found.number)
    return redirect("donations:press", slug)


def _asked(request: HttpRequest) -> int | None:
    """The version in the address; nonsense there is no version, and not found."""
    text = request.GET.get("version", "")
    return (whole_number(text) or 0) if text else None


def _version(event: Event, number: int) -> Statement:
    if number > MOST_VERSIONS:
        number = 0
    return get_object_or_404(books.versions(event), number=number)
