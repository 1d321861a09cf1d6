"""The academy's own list in the browser: look at the differences, then one press."""

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

from events import results
from events.access import RESULTS, Access, open_event
from events.views.downloads import uploads_slowly
from guests import imports, official_list
from guests.forms.imports import ImportForm
from guests.models import ImportRun
from losers_lounge import csvfile

KIND = ImportRun.Kind.RESULTS


@require_http_methods(["GET", "HEAD", "POST"])
@uploads_slowly
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """A file with the official winners; it is read and not kept."""
    access = open_event(request.user, slug, RESULTS)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            data, by, at = form.cleaned_data["data"], request.user, timezone.now()
            run = official_list.start(access.event, data, by=by, at=at)
        except csvfile.UnreadableFile as error:
            form.add_error("file" if request.FILES else "text", str(error))
        else:
            return redirect("guests:official_look", slug, run.pk)
    status = 422 if form.is_bound else 200
    context = {**access.context, "form": form}
    return render(request, "guests/official_form.html", context, status=status)


@require_safe
def look(request: HttpRequest, slug: str, list_id: int) -> HttpResponse:
    """Their winners beside ours, category by category; or what was taken over."""
    access, run = _run(request, slug, list_id)
    is_look = run.state == ImportRun.State.PREVIEWED
    context = {
        **access.context,
        "run": run,
        "found": official_list.compare(run) if is_look else None,
    }
    return render(request, "guests/official_detail.html", context)


@require_POST
def apply(request: HttpRequest, slug: str, list_id: int) -> HttpResponse:
    """Take the list over as it was shown; pressed twice, it is taken over once."""
    _access, run = _run(request, slug, list_id)
    shown, at = request.POST.get("shown", ""), timezone.now()
    try:
        official_list.apply(run.pk, by=request.user, at=at, shown=shown)
    except imports.PlanChanged:
        text = _("Something has changed since you looked. This is how it stands now.")
        messages.warning(request, text)
    except results.ResultsRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("guests:official_look", slug, run.pk)


def _run(request: HttpRequest, slug: str, list_id: int) -> tuple[Access, ImportRun]:
    access = open_event(request.user, slug, RESULTS)
    run = get_object_or_404(access.event.import_runs, pk=list_id, kind=KIND)
    run.event = access.event
    return access, run
