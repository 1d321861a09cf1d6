"""The ledger beside Stripe's books, and what a person may do about a difference."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations import webhooks
from donations.forms import ExplainDiscrepancyForm
from donations.models import Discrepancy, Donation, Reconciliation
from donations.reconciliation import close, standing
from donations.views.keys import key
from events import activity
from events.access import Access, open_event
from events.models import Event, Member, User
from losers_lounge import doorbell

RECONCILE = "donations.tasks.reconcile"
ROWS_SHOWN = 50
RUNS_SHOWN = 10
FINANCE = Member.Role.FINANCE


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
def explain(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Close a discrepancy with the reason that was typed."""
    access = open_event(request.user, slug, FINANCE)
    account = access.event.charity.stripe_account_id
    if not _keeps_the_books(request.user, account):
        raise Http404
    row = get_object_or_404(Discrepancy, pk=pk, account=account)
    form = ExplainDiscrepancyForm(request.POST)
    if not form.is_valid():
        return _page(request, access, form=form, explained=row.pk, status=422)
    at = timezone.now()
    close(row.pk, form.cleaned_data["reason"], at=at)
    activity.record(
        access.event, request.user, "explained a discrepancy", row.subject, at=at
    )
    messages.success(request, _("Explained. It no longer counts as a difference."))
    return redirect("donations:reconciliation", slug)


@never_cache
@require_POST
def retry_webhooks(request: HttpRequest, slug: str) -> HttpResponse:
    """Process once more what was given up."""
    access = open_event(request.user, slug, FINANCE)
    account = access.event.charity.stripe_account_id
    if not _keeps_the_books(request.user, account):
        raise Http404
    webhooks.try_again(account)
    messages.success(request, _("Being tried again."))
    return redirect("donations:reconciliation", slug)


def _keeps_the_books(user: User, account: str) -> bool:
    """Whether all the money on a Stripe account is of events this user may see.

    Anybody may make an event of their own, and its charity may share an account.
    """
    own = Event.objects.for_user(user.pk, FINANCE, Member.Role.HOST)
    paid = Donation.objects.for_account(account).filter(paid_at__isnull=False)
    return not paid.exclude(event__in=own).exists()


def _page(
    request: HttpRequest,
    access: Access,
    *,
    form: ExplainDiscrepancyForm | None = None,
    explained: int | None = None,
    status: int = 200,
) -> HttpResponse:
    account = access.event.charity.stripe_account_id
    now = standing(account)
    after = key(request.GET.get("after", ""))
    discrepancies = Discrepancy.objects.filter(account=account)
    context: dict[str, Any] = access.context | {
        "standing": now,
        "keeps_the_books": _keeps_the_books(request.user, account),
        # Pressed, and no run has been written since: the page asks again by itself.
        "is_waiting": after is not None and (now.run is None or now.run.pk <= after),
        "runs": Reconciliation.objects.filter(account=account)[:RUNS_SHOWN],
        "open_discrepancies": discrepancies.filter(closed_at=None)[:ROWS_SHOWN],
        "closed_discrepancies": discrepancies.exclude(closed_at=None)[:ROWS_SHOWN],
        "given_up": webhooks.given_up(account),
        "form": form,
        "explained": explained,
    }
    return render(request, "donations/reconciliation.html", context, status=status)
