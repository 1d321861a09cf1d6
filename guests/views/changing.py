"""One press on many guests: tags, waves, letters, off the list; and its undoing."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from events.access import HOST, open_event
from events.models import Event
from events.views.downloads import download, slowly
from guests import mailings
from guests.listing import changes, exports, filtering
from guests.models import Guest
from guests.views.exports import CSV
from guests.views.listing import asked, list_url
from losers_lounge import csvfile
from losers_lounge.whole_number import whole_number

EXPORT = "export"
MOST_NAMED = 10
MAX_QUERY = 4_000
# Which field of the form says what with.
VALUES = {"tag": "tag", "untag": "tag", "wave": "wave"}


@require_POST
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Do one thing to whoever is ticked, or to all who fit the filters."""
    access = open_event(request.user, slug, HOST)
    event, kind = access.event, request.POST.get("do", "")
    query = _query(request)
    back = list_url(event, urlencode(query))
    chosen = _chosen(event, request.POST, query)
    if chosen is None:
        messages.error(request, _("Nothing was changed: tick somebody first."))
        return redirect(back)
    if kind == EXPORT:
        return _export(request, event, chosen)
    try:
        done = _done(request, event, chosen, kind)
    except (changes.Unusable, mailings.TooManyLetters) as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    except mailings.EventNotOpen:
        words = _("Nothing was sent: open the event in its settings first.")
        messages.error(request, words)
        return redirect(back)
    _tell(request, done)
    return redirect(list_url(event, urlencode(query | {"done": done.change.pk})))


def _done(
    request: HttpRequest, event: Event, chosen: QuerySet[Guest], kind: str
) -> changes.Done:
    """What the press asks for; raises as changes.apply does."""
    return changes.apply(
        event,
        chosen,
        kind,
        request.POST.get(VALUES.get(kind, ""), ""),
        by=request.user,
        at=timezone.now(),
        nonce=request.POST.get("nonce", ""),
    )


@slowly
def _export(
    request: HttpRequest, event: Event, chosen: QuerySet[Guest]
) -> HttpResponse:
    """Whoever is meant, as CSV."""
    rows = exports.guest_rows(event, chosen)
    lines = csvfile.write(exports.GUEST_COLUMNS, rows)
    return download(request, lines, event, "guests.csv", CSV)


@require_POST
def undo(request: HttpRequest, slug: str, change_id: int) -> HttpResponse:
    """Put back what one press changed."""
    access = open_event(request.user, slug, HOST)
    row = get_object_or_404(access.event.list_changes, pk=change_id)
    back = changes.undo(row.pk, by=request.user, at=timezone.now())
    text = _("Undone: %(n)d as before.") % {"n": back}
    if back < row.size:
        text += " " + _(
            "Anybody changed since then, or off the list, stays as they are."
        )
    messages.success(request, text)
    return redirect(list_url(access.event, urlencode(_query(request))))


def _query(request: HttpRequest) -> dict[str, str]:
    """Filters and order of the page that was pressed on."""
    return asked(QueryDict(request.POST.get("query", "")[:MAX_QUERY]))


def _chosen(
    event: Event, form: QueryDict, query: dict[str, str]
) -> QuerySet[Guest] | None:
    """Who is meant: all who fit, or those ticked; None for nobody."""
    if form.get("everybody"):
        return filtering.read(query).guests(event)
    ids = list(filter(None, map(whole_number, form.getlist("guest"))))
    return event.guests.principals().filter(pk__in=ids) if ids else None


def _tell(request: HttpRequest, done: changes.Done) -> None:
    """What stayed as it was, and why; what was done stands in the undo bar."""
    if not done.change.size and not done.refused:
        text = _("Nothing to change: they were already like that.")
        if done.change.kind in changes.LETTERS:
            text = _("None of them needs that letter.")
        messages.info(request, text)
    for words in done.refused[:MOST_NAMED]:
        messages.warning(request, _("Left on the list: %(why)s") % {"why": words})
    more = len(done.refused) - MOST_NAMED
    if more > 0:
        text = ngettext("And %(n)d more.", "And %(n)d more.", more) % {"n": more}
        messages.warning(request, text)
