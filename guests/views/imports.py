"""Import guests and nominations: look first, then apply what was shown."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from events.access import HOST, Access, open_event
from events.views.downloads import slowly, uploads_slowly
from guests import forgotten, imports
from guests.forms.imports import ImportForm, MappingForm
from guests.models import ImportRun
from guests.views import import_pages
from losers_lounge import csvfile

State = ImportRun.State


@require_http_methods(["GET", "HEAD", "POST"])
@uploads_slowly
def guest_import(request: HttpRequest, slug: str) -> HttpResponse:
    return _upload(request, slug, ImportRun.Kind.GUESTS)


@require_http_methods(["GET", "HEAD", "POST"])
@uploads_slowly
def nomination_import(request: HttpRequest, slug: str) -> HttpResponse:
    return _upload(request, slug, ImportRun.Kind.NOMINATIONS)


@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    """Which column of the file is which of ours."""
    access, run = _run(request, slug, run_id)
    if run.state != State.PREVIEWED:
        return redirect("guests:import_detail", slug, run.pk)
    data = request.POST if request.method == "POST" else None
    form = MappingForm(data, run=run)
    if request.method == "POST" and form.is_valid():
        imports.map_columns(run, form.mapping)
        return redirect("guests:import_detail", slug, run.pk)
    context = {**access.context, "run": run, "form": form, "back_url": _back(run.kind)}
    status = 422 if form.is_bound else 200
    return render(request, "guests/import_columns.html", context, status=status)


@require_safe
def import_detail(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    """What the file would do, is doing, or did: figures first, then its rows."""
    access, run = _run(request, slug, run_id)
    if run.state == State.PREVIEWED and imports.needs_mapping(run):
        return redirect("guests:import_columns", slug, run.pk)
    context = {**access.context, "run": run, "back_url": _back(run.kind)}
    if run.state == State.APPLYING:
        context |= import_pages.progress(run)
        return render(request, "guests/import_progress.html", context)
    show = request.GET.get("show", "")
    context |= import_pages.detail(run, show, request.GET.get("after", ""))
    return render(request, "guests/import_detail.html", context)


@require_safe
def import_progress(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    """The moving part of the page, while a large file is written."""
    access, run = _run(request, slug, run_id)
    context = {**access.context, "run": run, **import_pages.progress(run)}
    response = render(request, "guests/_import_progress.html", context)
    if run.state != State.APPLYING:
        # The bar has arrived: htmx has the whole page looked at anew.
        response["HX-Refresh"] = "true"
    return response


@require_safe
@slowly
def import_refused(
    request: HttpRequest, slug: str, run_id: int
) -> StreamingHttpResponse:
    """The refused rows as a file: corrected, it can be read in again."""
    _access, run = _run(request, slug, run_id)
    header = [*run.header, _("Line"), _("Why it was refused")]
    width = len(run.header)
    rows = (
        [*(row[1 : width + 1] + [""] * width)[:width], row[0], reason]
        for row, reason in imports.refused(run)
    )
    name = f"{slug}-refused-{run.pk}.csv"
    return StreamingHttpResponse(
        (line.encode() for line in csvfile.write(header, rows)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def import_names(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    """Near names side by side: the same person, or two people?"""
    access, run = _run(request, slug, run_id)
    if run.state != State.PREVIEWED or imports.needs_mapping(run):
        return redirect("guests:import_detail", slug, run.pk)
    page = import_pages.names(run, request.GET.get("after", ""))
    if request.method == "POST":
        imports.choose(run.pk, import_pages.choices(request.POST, page["pairs"]))
        if page["next_after"]:
            query = urlencode({"after": page["next_after"]})
            return redirect(f"{request.path}?{query}")
        return redirect("guests:import_detail", slug, run.pk)
    return render(
        request, "guests/import_names.html", {**access.context, "run": run, **page}
    )


@require_POST
def import_apply(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    """Apply a dry run; pressed twice, it is applied once."""
    _access, run = _run(request, slug, run_id)
    shown = request.POST.get("shown", "")
    at = timezone.now()
    try:
        run = imports.begin(run.pk, by=request.user, at=at, shown=shown)
    except imports.PlanChanged:
        imports.look(run)
        text = _(
            "The list has changed since you looked. This is what would happen now."
        )
        messages.warning(request, text)
        return redirect("guests:import_detail", slug, run.pk)
    except forgotten.Forgotten as refusal:
        messages.error(request, str(refusal))
        return redirect("guests:import_detail", slug, run.pk)
    if run.state == State.APPLYING:
        imports.ring()
    elif run.state == State.APPLIED:
        text = _("%(new)d added, %(changed)d changed, %(refused)d refused.")
        messages.success(request, text % vars(imports.done(run)))
    if run.kind != ImportRun.Kind.GUESTS:
        return redirect(_back(run.kind), slug)
    return redirect("guests:import_detail", slug, run.pk)


@require_POST
def import_undo(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    """Take a whole import back, but for those of whom something has come."""
    _access, run = _run(request, slug, run_id)
    imports.undo(run.pk, by=request.user, at=timezone.now())
    return redirect("guests:import_detail", slug, run.pk)


@require_POST
def import_digests(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    """One digest or a mail for each guest, said for each shared address."""
    _access, run = _run(request, slug, run_id)
    wanted, shown = (
        import_pages.numbers(request.POST.getlist(name)) for name in ("digest", "shown")
    )
    imports.offer_digests(run, wanted, shown)
    messages.success(request, _("Noted: that is how they will be written to."))
    return redirect("guests:import_detail", slug, run.pk)


def _run(request: HttpRequest, slug: str, run_id: int) -> tuple[Access, ImportRun]:
    access = open_event(request.user, slug, HOST)
    # Official results have a page of their own, at their desk.
    ours = access.event.import_runs.exclude(kind=ImportRun.Kind.RESULTS)
    run = get_object_or_404(ours, pk=run_id)
    run.event = access.event
    return access, run


def _upload(request: HttpRequest, slug: str, kind: ImportRun.Kind) -> HttpResponse:
    access = open_event(request.user, slug, HOST)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data, at = form.cleaned_data["data"], timezone.now()
        try:
            run = imports.start(access.event, kind, data, by=request.user, at=at)
        except csvfile.UnreadableFile as error:
            form.add_error("file" if request.FILES else "text", str(error))
        except forgotten.Forgotten as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("guests:import_detail", slug, run.pk)
    context = {
        **access.context,
        "form": form,
        "kind": kind,
        "back_url": _back(kind),
        "column_names": list(imports.columns_of(kind)),
        "earlier": import_pages.earlier(access.event, kind),
    }
    status = 422 if form.is_bound else 200
    return render(request, "guests/import_form.html", context, status=status)


def _back(kind: str) -> str:
    guests = kind == ImportRun.Kind.GUESTS
    return "guests:guest_list" if guests else "guests:nominations"
