"""Named exceptions: listed, given to somebody, looked at one by one, and closed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from donations import unmatched
from donations.forms.exceptions import (
    AssignForm,
    ExceptionFilterForm,
    ExplainDiscrepancyForm,
    MatchForm,
)
from donations.models import Discrepancy, Donation
from donations.reconciliation import assign, close
from donations.stripe_gateway import StripeError
from donations.unmatched import NotMatchable
from donations.views.books import FINANCE, open_books
from events import activity
from events.access import Access
from events.models import Event, Member, User
from losers_lounge.names import at_end
from losers_lounge.whole_number import whole_number

PAGE = 50
NONE_WAITS = gettext_lazy("No unpaid donation of this event is for that amount.")


@never_cache
@require_safe
def exceptions(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that is or was named, by state, kind and who looks into it."""
    access, account = open_books(request.user, slug)
    asked = request.GET if request.GET.keys() - {"before"} else None
    form = ExceptionFilterForm(asked or {"state": "open"})
    rows = Discrepancy.objects.filter(account=account).select_related("assigned_to")
    rows = form.chosen(rows.order_by("-pk"), request.user)
    before = whole_number(request.GET.get("before", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    query = request.GET.copy()
    if len(found) > PAGE:
        query["before"] = str(found[PAGE - 1].pk)
    context = access.context | {
        "filter": form,
        "exceptions": found[:PAGE],
        "next_query": query.urlencode() if len(found) > PAGE else "",
    }
    return render(request, "donations/exceptions.html", context)


@never_cache
@require_safe
def exception(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One of them: what is apart, who looks into it, what may be done."""
    access, account = open_books(request.user, slug)
    row = _row(account, pk)
    return _page(request, access, row)


@never_cache
@require_POST
def exception_assign(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give it to somebody of the team, or to nobody."""
    access, account = open_books(request.user, slug)
    row = _row(account, pk)
    form = AssignForm(request.POST, team=_team(access.event))
    if not form.is_valid():
        return _page(request, access, row, assign_form=form, status=422)
    at = timezone.now()
    assign(row.pk, form.cleaned_data["to"], at=at)
    activity.record(
        access.event, request.user, noop("assigned a discrepancy"), row.subject, at=at
    )
    return redirect("donations:exception", slug, pk)


@never_cache
@require_POST
def explain(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Close a discrepancy with the reason that was typed."""
    access, account = open_books(request.user, slug)
    row = _row(account, pk)
    form = ExplainDiscrepancyForm(request.POST)
    if not form.is_valid():
        return _page(request, access, row, close_form=form, status=422)
    at = timezone.now()
    close(row.pk, form.cleaned_data["reason"], at=at, by=request.user)
    activity.record(
        access.event, request.user, noop("explained a discrepancy"), row.subject, at=at
    )
    messages.success(request, _("Explained. It no longer counts as a difference."))
    return redirect("donations:reconciliation", slug)


@never_cache
@require_POST
def exception_match(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give a payment of nobody's to the donation that waits for it."""
    access, account = open_books(request.user, slug)
    row = _row(account, pk)
    waiting = unmatched.waiting(row, access.event)
    if not waiting:
        return _refused(request, access, row, NotMatchable(NONE_WAITS))
    form = MatchForm(request.POST, waiting=waiting)
    if not form.is_valid():
        return _page(request, access, row, match_form=form, status=422)
    donation = form.cleaned_data["donation"]
    at = timezone.now()
    try:
        given = unmatched.match(row.pk, donation.pk, by=request.user, at=at)
    except (NotMatchable, StripeError) as error:
        return _refused(request, access, row, error)
    return _given(request, access, row, given)


@never_cache
@require_POST
def exception_take(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Keep a payment of nobody's as a gift to this event."""
    access, account = open_books(request.user, slug)
    row = _row(account, pk)
    at = timezone.now()
    try:
        given = unmatched.take_over(row.pk, access.event, by=request.user, at=at)
    except (NotMatchable, StripeError) as error:
        return _refused(request, access, row, error)
    return _given(request, access, row, given)


def _given(
    request: HttpRequest, access: Access, row: Discrepancy, donation: Donation
) -> HttpResponse:
    activity.record(
        access.event,
        request.user,
        noop("matched a payment"),
        donation.public_id,
        at=timezone.now(),
    )
    messages.success(
        request,
        _("The money now belongs to the donation of %(donor)s.")
        % {"donor": at_end(donation.donor_name)},
    )
    return redirect("donations:exception", access.event.slug, row.pk)


def _refused(
    request: HttpRequest, access: Access, row: Discrepancy, error: Exception
) -> HttpResponse:
    words = (
        _("Stripe is not answering. Nothing was changed; press again in a moment.")
        if isinstance(error, StripeError)
        else str(error)
    )
    return _page(request, access, row, refusal=words, status=422)


def _row(account: str, pk: int) -> Discrepancy:
    rows = Discrepancy.objects.select_related("assigned_to")
    return get_object_or_404(rows, pk=pk, account=account)


def _team(event: Event) -> Any:
    """Those who see this event's money."""
    roles = [FINANCE, Member.Role.HOST]
    seats = event.members.filter(role__in=roles)
    return User.objects.filter(pk__in=seats.values("user_id")).order_by("name", "pk")


def _page(
    request: HttpRequest,
    access: Access,
    row: Discrepancy,
    *,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    team = _team(access.event)
    is_stray = unmatched.is_stray(row)
    waiting = unmatched.waiting(row, access.event) if is_stray else None
    context: dict[str, Any] = {
        "assign_form": AssignForm(team=team, initial={"to": row.assigned_to_id}),
        "close_form": ExplainDiscrepancyForm(),
        "none_waits": NONE_WAITS,
        "match_form": MatchForm(waiting=waiting) if is_stray and waiting else None,
        "is_stray": is_stray,
        "entry": unmatched.entry_of(row),
        "exception": row,
        "refusal": "",
    }
    found = access.context | context | forms
    found["problem"] = found["refusal"]
    return render(request, "donations/exception.html", found, status=status)
