"""The guest list: searched, filtered, sorted, page by page."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events.access import open_event
from guests import list_page
from guests.models import Guest

HOST = "host"


@require_safe
def guest_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The guest list, fifty at a time; search and filter live in the address."""
    access = open_event(request.user, slug, HOST)
    text = request.GET.get("q", "")[:200]
    answer = request.GET.get("answer", "")
    found = list_page.matching(access.event, text, answer)
    page = list_page.read(access.event, found, request.GET.get("after", ""))
    filters = {"q": text, "answer": answer}
    kept = {name: value for name, value in filters.items() if value}
    after = kept | {"after": page.next_after}
    context = {
        **access.context,
        **filters,
        "page": page,
        "counts": list_page.counts(access.event),
        "answers": Guest.Answer.choices,
        "next_url": f"?{urlencode(after)}" if page.next_after else "",
        "first_url": "" if page.is_first else f"?{urlencode(kept)}",
    }
    return render(request, "guests/guest_list.html", context)
