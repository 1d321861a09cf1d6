"""Import guests and nominations: look first, then apply what was shown."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from events.access import open_event
from events.models import Event
from guests import guest_list, imports
from guests.forms import ImportForm
from guests.models import Guest, ImportRun
from losers_lounge import csvfile
from losers_lounge.names import fold

HOST = "host"
MOST_ROWS_SHOWN = 500


@require_http_methods(["GET", "HEAD", "POST"])
def guest_import(request: HttpRequest, slug: str) -> HttpResponse:
    return _upload(request, slug, ImportRun.Kind.GUESTS)


@require_http_methods(["GET", "HEAD", "POST"])
def nomination_import(request: HttpRequest, slug: str) -> HttpResponse:
    return _upload(request, slug, ImportRun.Kind.NOMINATIONS)


@require_safe
def import_detail(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    """The dry run: each row with what it would do, refusals first."""
    access = open_event(request.user, slug, HOST)
    run = get_object_or_404(access.event.import_runs, pk=run_id)
    run.event = access.event
    rows, summary = [], imports.done(run)
    if run.state == ImportRun.State.PREVIEWED:
        plan = imports.preview(run)
        summary = imports.Summary.of(plan)
        order = {"refused": 0, "changed": 1, "new": 2, "same": 3}
        rows = sorted(plan.rows, key=lambda row: (order[row.verdict], row.line))
    context = {
        **access.context,
        "run": run,
        "summary": summary,
        "rows": rows[:MOST_ROWS_SHOWN],
        "rows_left_out": max(0, len(rows) - MOST_ROWS_SHOWN),
        "to_write": summary.new + summary.changed,
        "back_url": _back(run.kind),
    }
    return render(request, "guests/import_detail.html", context)


@require_POST
def import_apply(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    """Apply a dry run; pressed twice, it is applied once."""
    access = open_event(request.user, slug, HOST)
    run = get_object_or_404(access.event.import_runs, pk=run_id)
    shown = request.POST.get("shown", "")
    at = timezone.now()
    try:
        done = imports.finish(run.pk, by=request.user, at=at, shown=shown)
    except imports.PlanChanged:
        text = _(
            "The list has changed since you looked. This is what would happen now."
        )
        messages.warning(request, text)
        return redirect("guests:import_detail", slug, run.pk)
    text = _("%(new)d added, %(changed)d changed, %(refused)d refused.")
    messages.success(request, text % vars(done))
    return redirect(_back(run.kind), slug)


@require_safe
def nomination_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The ceremony as it was read, and the nominees nobody could be matched to."""
    access = open_event(request.user, slug, HOST)
    categories = access.event.categories.prefetch_related("nominations__nominees")
    context = {
        **access.context,
        "categories": categories,
        "to_check": names_to_check(access.event),
        "unlinked": guest_list.nominees(access.event, on_the_list=False).count(),
        "linked": guest_list.nominees(access.event, on_the_list=True).count(),
    }
    return render(request, "guests/nomination_list.html", context)


@require_POST
def nominee_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Say by hand which guest a nominee is."""
    access = open_event(request.user, slug, HOST)
    ids = {name: request.POST.get(name, "")[:18] for name in ("guest", "nominee")}
    if not all(value.isascii() and value.isdigit() for value in ids.values()):
        messages.error(request, _("Nothing was linked: choose a guest first."))
        return redirect("guests:nominations", slug)
    guest = get_object_or_404(access.event.guests.on_the_list(), pk=ids["guest"])
    nominee = get_object_or_404(access.event.nominees, pk=ids["nominee"])
    guest_list.link(guest.pk, nominee.pk, by=request.user, at=timezone.now())
    text = _("%(guest)s is %(nominee)s.") % {"guest": guest, "nominee": nominee}
    messages.success(request, text)
    return redirect("guests:nominations", slug)


def names_to_check(event: Event) -> list[dict[str, object]]:
    """Nominees for whom more than one guest has the name; a person decides."""
    free = list(guest_list.nominees(event, on_the_list=False))
    keys = {fold(nominee.name) for nominee in free}
    namesakes: dict[str, list[Guest]] = {}
    people = event.guests.on_the_list().filter(nominee=None, name_key__in=keys)
    for guest in people.select_related("invitation__contact").order_by("pk"):
        namesakes.setdefault(guest.name_key, []).append(guest)
    return [
        {"nominee": nominee, "guests": namesakes[fold(nominee.name)]}
        for nominee in free
        if fold(nominee.name) in namesakes
    ]


def _upload(request: HttpRequest, slug: str, kind: ImportRun.Kind) -> HttpResponse:
    access = open_event(request.user, slug, HOST)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = imports.start(
                access.event,
                kind,
                form.cleaned_data["data"],
                by=request.user,
                at=timezone.now(),
            )
        except csvfile.UnreadableFile as error:
            form.add_error("file" if request.FILES else "text", str(error))
        else:
            return redirect("guests:import_detail", slug, run.pk)
    context = {**access.context, "form": form, "kind": kind, "back_url": _back(kind)}
    status = 422 if form.is_bound else 200
    return render(request, "guests/import_form.html", context, status=status)


def _back(kind: str) -> str:
    guests = kind == ImportRun.Kind.GUESTS
    return "guests:guest_list" if guests else "guests:nominations"
