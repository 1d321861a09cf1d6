"""What is pledged and not charged, for the charity: sums by state, and the rows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations import pledges
from donations.models import Pledge
from events.access import open_event
from events.models import Event, Member
from losers_lounge.whole_number import whole_number

PAGE = 50
TONES = {
    Pledge.State.CARD_SAVED: "waiting",
    Pledge.State.CHARGING: "waiting",
    Pledge.State.PAID: "good",
    Pledge.State.NEEDS_ACTION: "bad",
    Pledge.State.DECLINED: "bad",
}


@never_cache
@require_safe
def pledge_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Pledges of an event, newest first; a donor's name, and nothing of the guest."""
    access = open_event(request.user, slug, Member.Role.FINANCE)
    before = request.GET.get("before", "")
    rows, next_key = _page(access.event, before)
    count, cents = pledges.pledged(access.event)
    context = access.context | {
        "pledges": rows,
        "next_key": next_key,
        "sums": pledges.by_state(access.event),
        "count": count,
        "cents": cents,
        "most_tries": pledges.MOST_TRIES,
    }
    return render(request, "donations/pledge_list.html", context)


def _page(event: Event, before: str) -> tuple[list[Pledge], int | None]:
    """One page by key, so that a late page costs what the first costs."""
    rows = Pledge.objects.filter(event=event).select_related("donation")
    before_pk = whole_number(before)
    if before_pk is not None:
        rows = rows.filter(pk__lt=before_pk)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    for row in found:
        row.tone = TONES.get(row.state, "muted")
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None
