"""The guest list: searched, filtered, sorted, page by page; searches kept by name."""

import secrets
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from events.access import HOST, open_event
from events.models import Event
from guests import tags
from guests.listing import changes, filtering, ordering, pages, saved
from guests.listing.filtering import ListFilters
from guests.models import Guest, ListChange
from losers_lounge.whole_number import whole_number


@require_safe
def guest_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The guest list, fifty at a time; search and filters live in the address."""
    access = open_event(request.user, slug, HOST)
    event, filters = access.event, filtering.read(request.GET)
    query = asked(request.GET)
    found = filters.guests(event)
    way = {name: request.GET.get(name, "") for name in ("after", "before")}
    sort = query.get("sort", ordering.BY_NAME)
    # Within one wave the order of waves is that of names.
    is_one_wave = filters.wave and sort == "wave"
    order = ordering.BY_NAME if is_one_wave else sort
    page = pages.read(event, found, order, text=filters.q, **way)
    context = {
        **access.context,
        "page": page,
        "figures": pages.figures(event, found),
        "query": urlencode(query),
        "kept": query.items(),
        "undo": _undo(event, request.GET.get("done", "")),
        "nonce": secrets.token_urlsafe(12),
        **_menus(event, filters, sort),
        **_ways_on(page, filters, query),
    }
    return render(request, "guests/guest_list.html", context)


@require_POST
def view_save(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the present filters and order under a name, for all hosts."""
    access = open_event(request.user, slug, HOST)
    query = urlencode(asked(request.POST))
    name, at = request.POST.get("name", ""), timezone.now()
    try:
        view = saved.keep(access.event, name, query, by=request.user, at=at)
    except saved.Unusable as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("“%(name)s” is kept.") % {"name": view.name})
    return redirect(list_url(access.event, query))


@require_POST
def view_delete(request: HttpRequest, slug: str, view_id: int) -> HttpResponse:
    """Forget a kept search; the guests in it stay where they are."""
    access = open_event(request.user, slug, HOST)
    view = get_object_or_404(access.event.saved_views, pk=view_id)
    view.delete()
    messages.success(request, _("“%(name)s” is gone.") % {"name": view.name})
    return redirect(list_url(access.event, view.query))


def list_url(event: Event, query: str = "") -> str:
    """The address of the list under these filters."""
    path = reverse("guests:guest_list", args=[event.slug])
    return f"{path}?{query}" if query else path


def asked(query: Mapping[str, str]) -> dict[str, str]:
    """Filters and order as an address holds them; the usual order goes unsaid."""
    sort = query.get("sort", "")
    is_other = sort in ordering.SORTS and sort != ordering.BY_NAME
    return filtering.read(query).as_query() | ({"sort": sort} if is_other else {})


def _ways_on(
    page: pages.ListPage, filters: ListFilters, query: dict[str, str]
) -> dict[str, object]:
    after = query | {"after": page.next_after}
    before = query | {"before": page.previous_before}
    sort = {"sort": query["sort"]} if "sort" in query else {}
    return {
        "next_url": f"?{urlencode(after)}" if page.next_after else "",
        "previous_url": f"?{urlencode(before)}" if page.previous_before else "",
        "chips": [
            (words, f"?{urlencode(filters.without(name).as_query() | sort)}")
            for name, words in filters.described()
        ],
    }


def _menus(event: Event, filters: ListFilters, sort: str) -> dict[str, object]:
    words = tuple(tags.menu(event))
    waves = min(ordering.last_wave(event), ordering.MOST_WAVES)
    return {
        "search": _search(get_language(), filters, sort, words, waves),
        "sort": sort,
        "tags": words,
        "saved_views": saved.of(event.pk),
        "max_wave": changes.MAX_WAVE,
    }


@lru_cache(256)
def _search(
    language: str, filters: ListFilters, sort: str, words: tuple[str, ...], waves: int
) -> str:
    """The form over the list, with all its menus: drawn once for the same question."""
    context = {
        "filters": filters,
        "answers": Guest.Answer.choices,
        "letters": filtering.LETTERS.items(),
        "owes": filtering.OWES.items(),
        "flags": [
            (name, words, getattr(filters, name))
            for name, words in filtering.FLAGS.items()
        ],
        "sorts": ordering.SORTS.items(),
        "sort": sort,
        "waves": range(1, waves + 1),
        "tags": words,
    }
    return render_to_string("guests/_list_search.html", context)


def _undo(event: Event, change_id: str) -> ListChange | None:
    """The change a press has just made, while it can be undone."""
    rows = event.list_changes.filter(pk=whole_number(change_id), undone_at=None)
    return rows.filter(size__gt=0).first()
