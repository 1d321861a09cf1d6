"""The results desk: one person announces, a second one confirms, anybody looks."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events import results, running_order
from events.access import Access, open_event
from events.models import Category
from guests import impact, results_night
from guests.forms.desk import AnnounceForm, VersionForm

RESULTS = "results"
NOT_MODIFIED = 204


@never_cache
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """The running order on one screen; with htmx only what waits for confirmation."""
    access = open_event(request.user, slug, RESULTS)
    rows = running_order.read(access.event)
    stamp = running_order.stamp(rows)
    is_poll = request.htmx.target == "waiting"
    if is_poll and request.GET.get("seen") == stamp:
        return HttpResponse(status=NOT_MODIFIED)
    open_state = Category.State.OPEN
    context = {
        **access.context,
        "rows": rows,
        "waiting": [row for row in rows if row.category.has_draft],
        "next_up": next((r for r in rows if r.category.state == open_state), None),
        "decided": sum(r.category.state == Category.State.OFFICIAL for r in rows),
        "stamp": stamp,
        "is_poll": is_poll,
    }
    template = "guests/_results_waiting.html" if is_poll else "guests/results.html"
    return render(request, template, context)


@never_cache
@require_safe
def category_page(request: HttpRequest, slug: str, category_id: int) -> HttpResponse:
    """One category: how it stands, what a draft would change, who did what."""
    access = open_event(request.user, slug, RESULTS)
    return _page(request, access, category_id)


@require_POST
def announce(request: HttpRequest, slug: str, category_id: int) -> HttpResponse:
    """Name the winners: a draft, or the result where the event has one organiser."""
    access = open_event(request.user, slug, RESULTS)
    category = _category(access, category_id)
    form = AnnounceForm(request.POST, nominations=list(category.nominations.all()))
    if not form.is_valid():
        return _page(request, access, category_id, 422, form)
    typed = {"version": form.cleaned_data["version"], "at": timezone.now()}
    # A correction is seen with its consequences before it counts, also alone.
    is_official = category.state == Category.State.OFFICIAL
    is_alone = not access.event.second_confirmation_required and not is_official
    act = results_night.announce_alone if is_alone else results.announce
    try:
        act(category.pk, form.cleaned_data["winners"], by=request.user, **typed)
    except results.ResultsRefused as refusal:
        messages.error(request, str(refusal))
        return _page(request, access, category_id, 409)
    if is_official:
        return redirect("guests:result_category", slug, category.pk)
    if is_alone:
        messages.success(request, _("%s is official.") % category.name)
    else:
        text = _("%s is announced. Now a second person confirms it.")
        messages.success(request, text % category.name)
    return _to_board(slug, category.pk)


@require_POST
def confirm(request: HttpRequest, slug: str, category_id: int) -> HttpResponse:
    """Make the draft count, with all that follows from it."""
    access = open_event(request.user, slug, RESULTS)
    category = _category(access, category_id)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _page(request, access, category_id, 409)
    try:
        change = results_night.confirm(
            category.pk, by=request.user, at=timezone.now(), **form.cleaned_data
        )
    except results.ResultsRefused as refusal:
        messages.error(request, str(refusal))
        return _page(request, access, category_id, 409)
    if change.is_correction:
        messages.success(request, _("%s is corrected.") % category.name)
    else:
        messages.success(request, _("%s is official.") % category.name)
    return _to_board(slug, category.pk)


@require_POST
def withdraw(request: HttpRequest, slug: str, category_id: int) -> HttpResponse:
    """Take a draft back; what was official before stays so."""
    access = open_event(request.user, slug, RESULTS)
    category = _category(access, category_id)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _page(request, access, category_id, 409)
    try:
        results.withdraw(
            category.pk, by=request.user, at=timezone.now(), **form.cleaned_data
        )
    except results.ResultsRefused as refusal:
        messages.error(request, str(refusal))
        return _page(request, access, category_id, 409)
    messages.success(request, _("%s: the draft is taken back.") % category.name)
    return _to_board(slug, category.pk)


def _category(access: Access, category_id: int) -> Category:
    return get_object_or_404(running_order.with_entries(access.event), pk=category_id)


def _page(
    request: HttpRequest,
    access: Access,
    category_id: int,
    status: int = 200,
    form: AnnounceForm | None = None,
) -> HttpResponse:
    """The category as it stands now; a refused form keeps what was chosen."""
    category = _category(access, category_id)
    category.event = access.event
    row = running_order.row(category)
    context: dict[str, Any] = {
        **access.context,
        "row": row,
        "form": form,
        "chosen": _chosen(row, form),
        "impact": impact.of(category) if category.has_draft else None,
        "changes": category.changes.all()[:20],
    }
    return render(request, "guests/results_category.html", context, status=status)


def _chosen(row: running_order.Row, form: AnnounceForm | None) -> set[str]:
    """What is ticked: as typed, else the draft, else the official winners."""
    if form is not None:
        return set(form.data.getlist("winners"))
    has_draft = row.category.has_draft
    return {
        str(entry.nomination.pk)
        for entry in row.entries
        if (entry.is_drafted if has_draft else entry.is_winner)
    }


def _to_board(slug: str, category_id: int) -> HttpResponse:
    board_url = reverse("guests:results", args=[slug])
    return redirect(f"{board_url}#category-{category_id}")
