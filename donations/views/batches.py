"""What went to the engraver: made once, downloaded as the same bytes for ever."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from donations.forms.rewards import BatchForm
from donations.models import EngravingBatch, Reward
from donations.rewards import batches
from donations.views.rewards import FINANCE, board, of_event
from events.access import open_event
from events.models import Event
from events.views.downloads import download, slowly
from losers_lounge.form_errors import sentences

CSV = "text/csv; charset=utf-8"


@require_POST
def batch_make(request: HttpRequest, slug: str) -> HttpResponse:
    """Freeze the ticked bottles as one file for the engraver."""
    access = open_event(request.user, slug, FINANCE)
    approved = of_event(access.event).filter(state=Reward.State.APPROVED)
    ids = list(approved.values_list("pk", flat=True))
    form = BatchForm(request.POST, ids=ids)
    if not form.is_valid():
        words = " ".join(sentences(form))
        return board(request, access, problem=words, status=422)
    chosen, by, at = form.cleaned_data["bottle"], request.user, timezone.now()
    try:
        batch = batches.make(access.event.pk, chosen, by=by, at=at)
    except batches.NothingToSend:
        words = _("One of them is no longer approved. Look again, then send.")
        return board(request, access, problem=words, status=409)
    messages.success(request, _("The file is frozen. Send it to the engraver."))
    return redirect("donations:batch", slug, batch.number)


@never_cache
@require_safe
def batch(request: HttpRequest, slug: str, batch_number: int) -> HttpResponse:
    """One batch: its hash, its bottles, and whom to ring about which."""
    access = open_event(request.user, slug, FINANCE)
    row = _find(access.event, batch_number)
    bottles = list(of_event(access.event).filter(batch=row).order_by("pk"))
    context = {
        **access.context,
        "batch": row,
        "stop_orders": [bottle for bottle in bottles if bottle.must_be_stopped],
        "bottles": bottles,
    }
    return render(request, "donations/batch.html", context)


@never_cache
@require_safe
@slowly
def batch_csv(request: HttpRequest, slug: str, batch_number: int) -> HttpResponse:
    """The file as it was frozen, whatever has changed since."""
    access = open_event(request.user, slug, FINANCE)
    row = _find(access.event, batch_number)
    if row.erased_at is not None:
        # Its words were forgotten; an empty file would not be what the hash is of.
        raise Http404
    name = f"batch-{row.number}.csv"
    return download(request, [row.body], access.event, name, CSV)


def _find(event: Event, number: int) -> EngravingBatch:
    # No number is larger than its column.
    return get_object_or_404(event.engraving_batches, number=min(number, 32_767))
