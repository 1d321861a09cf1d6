"""The page of one donation: everything about it, and what finance may do."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from donations import disputes, history, refunds, settlement
from donations.dispute_words import explained
from donations.forms.gifts import WordsForm
from donations.models import Donation, LedgerEntry
from donations.stripe_gateway import StripeError
from donations.views.tones import TONES
from events.access import FINANCE, Access, open_event
from events.models import Event, Member

REFUND_TONES = {"succeeded": "good", "failed": "bad", "refused": "bad"}


@never_cache
@require_safe
def gift(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """All that is known of one donation, and the ways on from here."""
    access = open_event(request.user, slug, FINANCE)
    return page(request, access, find(access.event, public_id))


@require_POST
def gift_review(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """A person has looked at money that contradicts its donation."""
    access = open_event(request.user, slug, FINANCE)
    donation = find(access.event, public_id)
    form = WordsForm(request.POST)
    if not form.is_valid():
        return page(request, access, donation, problem=_first(form), status=422)
    words = form.cleaned_data["words"]
    try:
        donation = settlement.resolve_review(
            donation.pk, request.user, words, timezone.now()
        )
    except StripeError:
        problem = _("Stripe is not answering. Nothing was changed; try again.")
        return page(request, access, donation, problem=problem, status=503)
    if donation.state == Donation.State.REVIEW:
        messages.warning(request, _("Stripe still says something else: it stays."))
    else:
        messages.success(request, _("Accepted as Stripe has it."))
    return redirect("donations:gift", slug, public_id)


@require_POST
def gift_warning(
    request: HttpRequest, slug: str, public_id: str, warning_id: int
) -> HttpResponse:
    """Somebody has looked at an early fraud warning."""
    access = open_event(request.user, slug, FINANCE)
    donation = find(access.event, public_id)
    warning = get_object_or_404(donation.fraud_warnings, pk=warning_id)
    form = WordsForm(request.POST)
    if not form.is_valid():
        return page(request, access, donation, problem=_first(form), status=422)
    words = form.cleaned_data["words"]
    disputes.look(warning.pk, words, by=request.user, at=timezone.now())
    messages.success(request, _("Noted, with your name."))
    return redirect("donations:gift", slug, public_id)


def find(event: Event, public_id: str) -> Donation:
    """One donation of this event with its charity, or Http404."""
    rows = event.donations.select_related("event__charity", "pledge", "manual_gift")
    donation = rows.defer("manual_gift__photo").filter(public_id=public_id).first()
    if donation is None:
        raise Http404
    return donation


def page_url(request: HttpRequest, donation: Donation) -> str:
    """Where the team finds all of it, as an address for a letter."""
    path = reverse("donations:gift", args=[donation.event.slug, donation.public_id])
    return request.build_absolute_uri(path)


def page(
    request: HttpRequest,
    access: Access,
    donation: Donation,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """Draw the page, with what was wrong with a press, if anything."""
    entries = list(donation.entries.all())
    context: dict[str, Any] = access.context | {
        "donation": donation,
        "tone": TONES.get(donation.state, "muted"),
        "parts": donation.parts.all(),
        "entries": entries,
        "net_cents": sum(entry.net_cents for entry in entries),
        "receipts": donation.receipts.order_by("-pk"),
        "rewards": donation.rewards.all(),
        "attempts": donation.attempts.order_by("-number"),
        "refunds": _refunds(donation),
        "disputes": _disputes(donation, entries),
        "warnings": donation.fraud_warnings.all(),
        "moments": history.of(donation),
        "left_cents": refunds.left_cents(donation),
        "why_not": refunds.why_not(donation),
        "is_host": Member.Role.HOST.value in access.roles,
        "problem": problem,
    }
    return render(request, "donations/gift.html", context, status=status)


def _refunds(donation: Donation) -> list[Any]:
    rows = list(donation.refunds.all())
    for row in rows:
        row.tone = REFUND_TONES.get(row.state, "waiting")
    return rows


def _disputes(donation: Donation, entries: list[LedgerEntry]) -> list[Any]:
    """Each dispute with the money that it moved, and what its word means."""
    rows = list(donation.disputes.all())
    for row in rows:
        moved = [entry for entry in entries if entry.source_id == row.dispute_id]
        row.taken_cents = -sum(entry.gross_cents for entry in moved)
        row.fee_cents = sum(entry.fee_cents for entry in moved)
        row.words = explained(row.status)
        row.is_open = row.outcome == row.Outcome.OPEN
        row.is_due = row.is_open and row.evidence_state not in ("sending", "sent")
        row.tone = "bad" if row.is_open or row.outcome == "lost" else "good"
    return rows


def _first(form: WordsForm) -> str:
    return " ".join(form["words"].errors)
