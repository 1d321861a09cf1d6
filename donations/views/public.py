"""The public total: the same figures as everywhere, with what they count."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations import credits, figures, totals
from donations.figures import Figures
from donations.statements import press
from donations.totals import Change, Sums
from events.models import Event
from losers_lounge.moments import short_time
from losers_lounge.telling import told_cents

WORD_JOINER = "\u2060"


@login_not_required
@never_cache
@require_safe
def total(request: HttpRequest, slug: str) -> HttpResponse:
    """The total for everybody, if the host has opened it; else it is not there.

    With ?screen=1 for the wall of a room: one number, to be read at ten metres.
    """
    event = _public_event(slug)
    is_screen = bool(request.GET.get("screen"))
    context = _shown(event, timezone.now()) | {
        "event": event,
    }
    template = "total_screen" if is_screen else "total"
    return render(request, f"donations/{template}.html", context)


@login_not_required
@never_cache
@require_safe
def total_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as JSON, with its definition; amounts in minor units."""
    event = _public_event(slug)
    shown = _shown(event, timezone.now())
    found, whole = shown["figures"], shown["figures"].whole
    return JsonResponse(
        {
            "event": event.slug,
            "currency": event.currency,
            "as_of": whole.as_of.isoformat(),
            **_sums(whole),
            "gifts": whole.gifts,
            "counts": shown["definition"],
            "winners_entry": _sums(found.scoped.admission),
            "free_gifts": _sums(found.scoped.gift),
            "covered_fees_cents": found.scoped.covered_fees_cents,
            "by_hand_cents": whole.manual_cents,
            "promised": {
                "count": found.promised.count,
                "cents": found.promised.cents,
            },
            "equals_stripe": found.equals_stripe,
            "reconciled_at": (
                found.compared_at.isoformat() if found.compared_at else None
            ),
            "corrections": shown["corrections"],
            "credits": shown["credits"].names,
            "shown": shown["shown"],
        }
    )


@login_not_required
@never_cache
@require_safe
def total_press(request: HttpRequest, slug: str) -> HttpResponse:
    """The press sheet as it was frozen last, with what was corrected since.

    Before one is frozen: what it would say now, and that it is not frozen.
    """
    event, now = _public_event(slug), timezone.now()
    last = press.sheets(event).first()
    context = {
        "event": event,
        "sheet": press.read(last) if last else press.draft(event, now),
        "since": press.since(last, now) if last else None,
        "now": now,
    }
    return render(request, "donations/total_press.html", context)


def _public_event(slug: str) -> Event:
    events = Event.objects.select_related("charity")
    return get_object_or_404(events, slug=slug, total_is_public=True)


def _shown(event: Event, at: datetime) -> dict[str, Any]:
    """All that page and JSON say, and the words in which they say it."""
    found = figures.watched(event, at)
    whole = found.whole
    words = {
        "kept": told_cents(whole.kept_cents),
        "raised": told_cents(whole.raised_cents),
        "entry": told_cents(found.scoped.admission.kept_cents),
        "gift": told_cents(found.scoped.gift.kept_cents),
        "refunds": told_cents(whole.refunds_cents),
        "disputes": told_cents(whole.disputes_cents),
        "fees": told_cents(whole.fees_cents),
        "net": told_cents(whole.net_cents),
        "by_hand": told_cents(whole.manual_cents),
        "promised": told_cents(found.promised.cents),
        "as_of": _clock(at, event),
        "badge": _badge(found, event),
        "tone": "good" if found.equals_stripe else "waiting",
    }
    return {
        "figures": found,
        "definition": press.definition(),
        "corrections": [_words(change, event) for change in totals.changes(event)],
        "credits": credits.of(event),
        "shown": words,
    }


def _badge(found: Figures, event: Event) -> str:
    if not found.equals_stripe or found.compared_at is None:
        return _("Being reconciled")
    time = _clock(found.compared_at, event)
    return _("Equals Stripe to the cent at %(time)s") % {"time": time}


def _clock(at: datetime, event: Event) -> str:
    return date_format(at.astimezone(event.zone), "EXACT_CLOCK")


def _sums(sums: Sums) -> dict[str, int]:
    return {
        "raised_cents": sums.raised_cents,
        "refunds_cents": sums.refunds_cents,
        "disputes_cents": sums.disputes_cents,
        "kept_cents": sums.kept_cents,
        "fees_cents": sums.fees_cents,
        "net_cents": sums.net_cents,
    }


def _words(change: Change, event: Event) -> str:
    """ "September 22, 10:31 pm PDT corrected: −$1,000.00, a refund"."""
    kinds = {
        ("refund", False): _("a refund"),
        ("refund", True): _("a refund that came back"),
        ("dispute", False): _("a dispute by the donor's bank"),
        ("dispute", True): _("a dispute that was won"),
    }
    why = kinds.get((change.kind, change.is_return), _("a correction"))
    if change.is_by_hand:
        why = _("a gift by hand taken out")
    sign = "+" if change.is_return else ""
    day = date_format(change.at.astimezone(event.zone), "MONTH_DAY_FORMAT")
    return _("%(time)s corrected: %(cents)s, %(why)s") % {
        "time": f"{day}, {short_time(change.at, event.zone)}",
        # No line ends between a minus and its dollars.
        "cents": f"{sign}{told_cents(change.cents)}".replace("−", f"−{WORD_JOINER}"),
        "why": why,
    }
