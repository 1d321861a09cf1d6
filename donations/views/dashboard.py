"""The charity's rooms: what came in, what it is made of, and whether it is right."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations import chart, totals
from donations.models import Donation, Receipt
from donations.reconciliation import standing
from donations.views.keys import key
from events.access import open_event
from events.models import Event, Member

PAGE = 50
FINANCE = Member.Role.FINANCE
# How a state looks: see _partials/status.html.
TONES = {
    Donation.State.PAID: "good",
    Donation.State.CHECKOUT_OPEN: "waiting",
    Donation.State.PROCESSING: "waiting",
    Donation.State.DISPUTED: "bad",
    Donation.State.CHARGED_BACK: "bad",
    Donation.State.FAILED: "bad",
    Donation.State.REVIEW: "bad",
}


@never_cache
@require_safe
def donation_events(request: HttpRequest) -> HttpResponse:
    """The events whose money this user may see."""
    events = Event.objects.for_user(request.user.pk, FINANCE, Member.Role.HOST)
    context = {"events": events.select_related("charity").order_by("-starts_at")}
    return render(request, "donations/event_list.html", context)


@never_cache
@require_safe
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """The event's money at a glance, and its donations, newest first."""
    access = open_event(request.user, slug, FINANCE)
    event = access.event
    rows, next_key = _page_of_donations(event, request.GET.get("before", ""))
    context = access.context | {
        "totals": totals.for_event(event, timezone.now()),
        "standing": standing(event.charity.stripe_account_id),
        "chart": chart.lay_out(totals.series(event)),
        "donations": rows,
        "next_key": next_key,
        "is_first_page": not request.GET.get("before"),
    }
    return render(request, "donations/dashboard.html", context)


@never_cache
@require_safe
def receipt(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """A receipt as it was issued, with the one it replaces or is replaced by."""
    access = open_event(request.user, slug, FINANCE)
    receipts = Receipt.objects.filter(donation__event=access.event)
    found = get_object_or_404(
        receipts.select_related("replaces", "replaced_by", "donation"), number=number
    )
    return render(
        request, "donations/receipt.html", access.context | {"receipt": found}
    )


def _page_of_donations(event: Event, before: str) -> tuple[list[Donation], int | None]:
    """One page by key, so that page 2,000 costs what page 1 costs."""
    donations = event.donations.prefetch_related(
        "rewards",
        Prefetch("receipts", Receipt.objects.valid(), to_attr="valid_receipts"),
    )
    before_pk = key(before)
    if before_pk is not None:
        donations = donations.filter(pk__lt=before_pk)
    rows = list(donations.order_by("-pk")[: PAGE + 1])
    for row in rows:
        row.tone = TONES.get(row.state, "muted")
    has_more = len(rows) > PAGE
    rows = rows[:PAGE]
    return rows, rows[-1].pk if has_more else None
