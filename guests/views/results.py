"""The results desk: the running order on one screen, and each category's own page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events import result_trail, results, running_order
from events.access import RESULTS, Access, open_event
from events.models import Category
from guests import impact
from guests.forms.desk import ChoiceForm
from losers_lounge.whole_number import whole_number

NOT_MODIFIED = 204
# What htmx asks for, by the element that it would replace.
PARTS = {"live": "guests/_results_news.html", "stage": "guests/_results_stage.html"}


@never_cache
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """The running order on one screen; with htmx only what has changed, or 204."""
    access, at = open_event(request.user, slug, RESULTS), timezone.now()
    asked = request.GET
    stamp = running_order.stamp(access.event, at)
    is_poll = request.htmx.target == "live"
    if is_poll and asked.get("seen") == stamp:
        return HttpResponse(status=NOT_MODIFIED)
    seen = whole_number(asked.get("version", "")) if is_poll else None
    shown = whole_number(asked.get("category", ""))
    desk = running_order.board(access.event, at, shown, seen)
    current = desk.current
    on_stage = current and (current.category.pk, current.category.version)
    context = {
        **access.context,
        "desk": desk,
        "row": current,
        "stamp": stamp,
        "is_poll": is_poll,
        "is_stage_new": on_stage != (shown, seen),
    }
    part = PARTS.get(request.htmx.target) if current else None
    return render(request, part or "guests/results.html", context)


@never_cache
@require_safe
def category_page(request: HttpRequest, slug: str, category_id: int) -> HttpResponse:
    """One category: how it stands, what other winners would change, who did what."""
    access = open_event(request.user, slug, RESULTS)
    is_choice = not {"winners", "nobody"}.isdisjoint(request.GET)
    if not is_choice:
        return page(request, access, category_id)
    category = category_of(access, category_id)
    form = ChoiceForm(request.GET, nominations=list(category.nominations.all()))
    status = 200 if form.is_valid() else 422
    return page(request, access, category_id, status, form)


def category_of(access: Access, category_id: int) -> Category:
    """A category of this event as a row needs it, or 404."""
    found = running_order.with_entries(access.event)
    category = get_object_or_404(found, pk=category_id)
    category.event = access.event
    return category


def page(
    request: HttpRequest,
    access: Access,
    category_id: int,
    status: int = 200,
    form: ChoiceForm | None = None,
) -> HttpResponse:
    """The category as it stands now; a refused form keeps what was chosen."""
    category = category_of(access, category_id)
    row = running_order.row(category)
    context: dict[str, Any] = {
        **access.context,
        "row": row,
        "form": form,
        "chosen": _chosen(row, form),
        "impact": impact.of(category) if category.has_draft else None,
        "preview": _preview(category, form),
        "is_held": results.is_held(category, access.event, timezone.now()),
        "trail": result_trail.of(row),
    }
    return render(request, "guests/results_category.html", context, status=status)


def _preview(category: Category, form: ChoiceForm | None) -> impact.Impact | None:
    """The sheet of a correction that somebody is thinking about."""
    if form is None or not form.is_valid() or category.state != Category.State.OFFICIAL:
        return None
    return impact.of(category, form.cleaned_data["winners"])


def _chosen(row: running_order.Row, form: ChoiceForm | None) -> set[str]:
    """What is ticked: as typed, else the draft, else the official winners."""
    if form is not None:
        return set(form.data.getlist("winners"))
    has_draft = row.category.has_draft
    return {
        str(entry.nomination.pk)
        for entry in row.entries
        if (entry.is_drafted if has_draft else entry.is_winner)
    }
