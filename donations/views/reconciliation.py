"""The ledger beside Stripe's books, and what a person may do about a difference."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations import webhooks
from donations.models import Discrepancy, ReconciledDay, Reconciliation
from donations.reconciliation import standing
from donations.views.books import FINANCE, keeps_the_books, open_books
from events.access import Access, open_event
from losers_lounge import doorbell
from losers_lounge.whole_number import whole_number

RECONCILE = "donations.tasks.reconcile"
ROWS_SHOWN = 20
DAYS_SHOWN = 14
RUNS_SHOWN = 10
# What each invariant says: what the ledger has, and what it must equal.
WORDS = {
    "I1": _("All movements in the ledger, and the balance that Stripe states"),
    "I2": _("Payments in the ledger, and the donations that were paid"),
    "I3": _("What donations' movements come to, and what the donations say is kept"),
    "I4": _("What payouts are made of, and what was paid out"),
    "I5": _("What is left of the gifts, and where it is: paid out or still at Stripe"),
    "I6": _("Every day in the ledger, and every day at Stripe"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reconciliation(request: HttpRequest, slug: str) -> HttpResponse:
    """The verdict and what it rests on; a press compares now."""
    access = open_event(request.user, slug, FINANCE)
    if request.method == "POST":
        doorbell.ring(RECONCILE)
        last = standing(access.event.charity.stripe_account_id).run
        url = reverse("donations:reconciliation", args=[slug])
        return redirect(f"{url}?after={last.pk if last else 0}")
    return _page(request, access)


@never_cache
@require_POST
def retry_webhooks(request: HttpRequest, slug: str) -> HttpResponse:
    """Process once more what was given up."""
    _access, account = open_books(request.user, slug)
    webhooks.try_again(account)
    messages.success(request, gettext("Being tried again."))
    return redirect("donations:reconciliation", slug)


def _page(request: HttpRequest, access: Access) -> HttpResponse:
    account = access.event.charity.stripe_account_id
    now = standing(account)
    after = whole_number(request.GET.get("after", ""))
    rows = Discrepancy.objects.open().filter(account=account)
    context: dict[str, Any] = access.context | {
        "standing": now,
        "keeps_the_books": keeps_the_books(request.user, account),
        # Pressed, and no run has been written since: the page asks again by itself.
        "is_waiting": after is not None and (now.run is None or now.run.pk <= after),
        "checks": _checks(now.run),
        "clock": now.run.checks.get("clock", {}) if now.run else {},
        "days": ReconciledDay.objects.filter(account=account)[:DAYS_SHOWN],
        "runs": Reconciliation.objects.filter(account=account)[:RUNS_SHOWN],
        "open_discrepancies": rows.select_related("assigned_to")[:ROWS_SHOWN],
        "given_up": webhooks.given_up(account),
    }
    return render(request, "donations/reconciliation.html", context)


def _checks(run: Reconciliation | None) -> list[dict[str, Any]]:
    """The invariants as the run kept them, each with its words."""
    rows = run.checks.get("invariants", []) if run else []
    return [row | {"words": WORDS.get(row["name"], "")} for row in rows]
