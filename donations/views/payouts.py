"""What went to the charity's bank, and what each payout is made of."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations import totals
from donations.models import LedgerEntry, Payout
from donations.views.books import FINANCE, keeps_the_books, open_books
from events.access import open_event
from losers_lounge.whole_number import whole_number

PAGE = 50
# How Stripe's word looks: see _partials/status.html.
TONES = {"paid": "good", "failed": "bad", "canceled": "bad"}


@never_cache
@require_safe
def payouts(request: HttpRequest, slug: str) -> HttpResponse:
    """Every payout of the account, newest first, and what of it is unexplained."""
    access = open_event(request.user, slug, FINANCE)
    account = access.event.charity.stripe_account_id
    context: dict[str, Any] = {"keeps_the_books": False}
    if keeps_the_books(request.user, account):
        rows = Payout.objects.filter(account=account).order_by("-pk")
        found, next_key = _page(rows, request.GET.get("before", ""))
        context = {"keeps_the_books": True, "payouts": found, "next_key": next_key}
    return render(request, "donations/payouts.html", access.context | context)


@never_cache
@require_safe
def payout(request: HttpRequest, slug: str, payout_id: str) -> HttpResponse:
    """One payout, item by item."""
    access, account = open_books(request.user, slug)
    found = get_object_or_404(Payout, account=account, payout_id=payout_id)
    found.tone = TONES.get(found.status, "waiting")
    entries = LedgerEntry.objects.from_stripe().filter(
        account=account, payout_id=payout_id
    )
    # What it took out of the balance is the payout itself, and none of its items.
    items = entries.exclude(source_id=payout_id)
    rows, next_key = _page(
        items.select_related("donation", "event").order_by("-pk"),
        request.GET.get("before", ""),
    )
    own = Q(donation__event=access.event)
    context = access.context | {
        "payout": found,
        "items": rows,
        "next_key": next_key,
        "sums": items.aggregate(
            gross=totals.total("gross_cents"),
            fee=totals.total("fee_cents"),
            net=totals.total("net_cents"),
            event_net=totals.total("net_cents", own),
        ),
    }
    return render(request, "donations/payout.html", context)


def _page(rows: QuerySet, before: str) -> tuple[list[Any], int | None]:
    """One page by key, so that page 2,000 costs what page 1 costs."""
    before_pk = whole_number(before)
    if before_pk is not None:
        rows = rows.filter(pk__lt=before_pk)
    found = list(rows[: PAGE + 1])
    for row in found:
        if isinstance(row, Payout):
            row.tone = TONES.get(row.status, "waiting")
    has_more = len(found) > PAGE
    found = found[:PAGE]
    return found, found[-1].pk if has_more else None
