"""What is pressed at the results desk: announce, confirm, take back, undo."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from events import results
from events.access import open_event
from events.models import Category
from guests import impact, results_night
from guests.forms.desk import AnnounceForm, ConfirmForm, VersionForm
from guests.views.results import RESULTS, category_of, page


@require_POST
def announce(request: HttpRequest, slug: str, category_id: int) -> HttpResponse:
    """Name the winners: a draft, or the result where the event has one organiser."""
    access = open_event(request.user, slug, RESULTS)
    category = category_of(access, category_id)
    form = AnnounceForm(request.POST, nominations=list(category.nominations.all()))
    if not form.is_valid():
        return page(request, access, category_id, 422, form)
    typed = {"version": form.cleaned_data["version"], "at": timezone.now()}
    # A correction is seen with its consequences before it counts, also alone.
    is_official = category.state == Category.State.OFFICIAL
    is_alone = not access.event.second_confirmation_required and not is_official
    act = results_night.announce_alone if is_alone else results.announce
    try:
        act(category.pk, form.cleaned_data["winners"], by=request.user, **typed)
    except results.ResultsRefused as refusal:
        messages.error(request, str(refusal))
        return page(request, access, category_id, 409)
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
    """Make the draft count, with all that follows from it.

    A correction counts for who has read its sheet as it is now.
    """
    access = open_event(request.user, slug, RESULTS)
    category = category_of(access, category_id)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return page(request, access, category_id, 409)
    if not _has_read(category, form.cleaned_data["sheet"]):
        text = _("This is what it changes now. Read it, then decide.")
        messages.warning(request, text)
        return page(request, access, category_id, 409)
    try:
        change = results_night.confirm(
            category.pk,
            by=request.user,
            at=timezone.now(),
            version=form.cleaned_data["version"],
        )
    except results.ResultsRefused as refusal:
        messages.error(request, str(refusal))
        return page(request, access, category_id, 409)
    if change.is_correction:
        messages.success(request, _("%s is corrected.") % category.name)
    else:
        messages.success(request, _("%s is official.") % category.name)
    return _to_board(slug)


@require_POST
def withdraw(request: HttpRequest, slug: str, category_id: int) -> HttpResponse:
    """Take a draft back; what was official before stays so."""
    said = _("%s: the draft is taken back.")
    return _pressed(request, slug, category_id, results.withdraw, said)


@require_POST
def undo(request: HttpRequest, slug: str, category_id: int) -> HttpResponse:
    """Within the hold, put the category back as it stood before it became official."""
    said = _("%s is back to what it was before.")
    return _pressed(request, slug, category_id, results_night.undo, said)


def _pressed(
    request: HttpRequest,
    slug: str,
    category_id: int,
    act: Callable[..., object],
    said: str,
) -> HttpResponse:
    access = open_event(request.user, slug, RESULTS)
    category = category_of(access, category_id)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return page(request, access, category_id, 409)
    try:
        act(category.pk, by=request.user, at=timezone.now(), **form.cleaned_data)
    except results.ResultsRefused as refusal:
        messages.error(request, str(refusal))
        return page(request, access, category_id, 409)
    messages.success(request, said % category.name)
    return _to_board(slug, category.pk)


def _has_read(category: Category, sheet: str) -> bool:
    is_correction = category.state == Category.State.OFFICIAL and category.has_draft
    return not is_correction or sheet == impact.of(category).stamp


def _to_board(slug: str, category_id: int | None = None) -> HttpResponse:
    """To the desk, with this category on it, or with the next one that is open."""
    shown = f"?category={category_id}" if category_id is not None else ""
    return redirect(reverse("guests:results", args=[slug]) + shown)
