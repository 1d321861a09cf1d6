"""The charity's rooms: what came in, what it is made of, and whether it is right."""

from collections import Counter
from datetime import datetime, time

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations import alerts, chart, figures, gift_list, totals
from donations.forms.lists import GiftFilterForm
from donations.models import Dispute, Donation, Payout, Refund
from donations.totals import OfAccount
from donations.views.books import keeps_the_books
from donations.views.tones import TONES
from events.access import FINANCE, open_event
from events.models import Event, Member, User
from losers_lounge.whole_number import whole_number

LATEST = 5
REFUND_TONES = {
    Refund.State.SUCCEEDED: "good",
    Refund.State.FAILED: "bad",
    Refund.State.REFUSED: "bad",
    Refund.State.DROPPED: "muted",
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
    """The event's money at a glance: figures, trend, and what is not settled."""
    access = open_event(request.user, slug, FINANCE)
    event, now = access.event, timezone.now()
    shown = figures.of(event, now)
    days = totals.days(event)
    latest, _more = gift_list.page(event.donations.all(), None)
    context = access.context | {
        "alerts": alerts.alerts(event, now),
        "figures": shown,
        "account": _account(request.user, event),
        "today": totals.for_event(event, now, since=_midnight(event, now)),
        "chart": chart.lay_out(totals.series(event)),
        "trend": chart.lay_out_days(days),
        "purposes": chart.lay_out_purposes(
            [
                (_("Winners' entry"), shown.scoped.admission.kept_cents),
                (_("Free gifts"), shown.scoped.gift.kept_cents),
            ]
        ),
        "disputes": _open_disputes(event),
        "refunds": _latest_refunds(event),
        "payouts": _latest_payouts(event),
        "donations": _toned(latest[:LATEST]),
        "now": now,
    }
    return render(request, "donations/dashboard.html", context)


@never_cache
@require_safe
def gifts(request: HttpRequest, slug: str) -> HttpResponse:
    """The donations that fit the address, newest first, fifty to a page."""
    access = open_event(request.user, slug, FINANCE)
    form = GiftFilterForm(request.GET)
    wanted = form.wanted()
    before = whole_number(request.GET.get("before", ""))
    rows, next_key = gift_list.page(wanted.donations(access.event), before)
    query = request.GET.copy()
    query.pop("before", None)
    context = access.context | {
        "form": form,
        "wanted": wanted,
        "donations": _toned(rows),
        "next_key": next_key,
        "query": query.urlencode(),
        "is_first_page": before is None,
    }
    return render(request, "donations/gifts.html", context)


def _toned(rows: list[Donation]) -> list[Donation]:
    """Rows with how their state looks, and with their bottles by state."""
    for row in rows:
        row.tone = TONES.get(row.state, "muted")
        states = Counter(reward.get_state_display() for reward in row.rewards.all())
        row.bottles = ", ".join(
            f"{count} × {state}" if count > 1 else str(state)
            for state, count in states.items()
        )
    return rows


def _midnight(event: Event, now: datetime) -> datetime:
    return datetime.combine(now.astimezone(event.zone).date(), time(), event.zone)


def _account(user: User, event: Event) -> OfAccount | None:
    """The charity's whole account, for who may see the money of all its events."""
    account = event.charity.stripe_account_id
    if not keeps_the_books(user, account):
        return None
    return totals.of_account(account, event.currency)


def _open_disputes(event: Event) -> list[Dispute]:
    disputes = Dispute.objects.filter(
        donation__event=event, outcome=Dispute.Outcome.OPEN
    )
    return list(disputes.select_related("donation").order_by("evidence_due_at"))


def _latest_refunds(event: Event) -> list[Refund]:
    refunds = Refund.objects.filter(donation__event=event).select_related("donation")
    rows = list(refunds[:LATEST])
    for row in rows:
        row.tone = REFUND_TONES.get(row.state, "waiting")
    return rows


def _latest_payouts(event: Event) -> QuerySet[Payout]:
    """Payouts that hold money of this event; of others it is not said."""
    of_the_event = totals.counted(event).from_stripe().exclude(payout_id="")
    return Payout.objects.filter(
        account=event.charity.stripe_account_id,
        payout_id__in=of_the_event.values("payout_id"),
    )[:LATEST]
