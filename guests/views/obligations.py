"""Who owes what and why, for hosts, who decide; the charity sees only the sums."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from events.access import HOST, Access, open_event
from events.models import Event
from guests import dues
from guests.door import settle, waivers
from guests.forms.obligations import DecisionForm
from guests.models import Admission, Obligation, Surplus
from losers_lounge.names import at_end

MOST_SHOWN = 200


@require_safe
def obligation_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Who still owes, who was let off, whom to offer a gift back, who has given."""
    access = open_event(request.user, slug, HOST)
    return _page(request, access)


@require_POST
def obligation_decide(
    request: HttpRequest, slug: str, obligation_id: int
) -> HttpResponse:
    """Waive one with a reason, take the waiver back, or go on asking for a week."""
    access = open_event(request.user, slug, HOST)
    rows = Obligation.objects.filter(guest__event=access.event).select_related("guest")
    row = get_object_or_404(rows, pk=obligation_id)
    form = DecisionForm(request.POST, auto_id=f"%s-{row.pk}")
    if "do" in form.errors:
        messages.error(request, _("Nothing was decided. Press a button on this page."))
        return _page(request, access, 422)
    if not form.is_valid():
        return _page(request, access, 422, refused=row.pk, form=form)
    try:
        _decide(request, row, **form.cleaned_data)
    except waivers.CannotWaive as refusal:
        messages.error(request, f"{row.guest}: {refusal}")
    return redirect("guests:obligations", slug)


def _decide(request: HttpRequest, row: Obligation, do: str, reason: str) -> None:
    by, at, name = request.user, timezone.now(), {"name": row.guest.name}
    if do == DecisionForm.WAIVE:
        waivers.waive(row.pk, reason, by=by, at=at)
        messages.success(request, _("%(name)s is let off.") % name)
    elif do == DecisionForm.TAKE_BACK:
        waivers.take_back(row.pk, by=by, at=at)
        messages.success(request, _("%(name)s is asked for it after all.") % name)
    elif settle.keep([row.pk], by=by, at=at):
        text = _("%(name)s is asked for another week; the letter is on its way.")
        messages.success(request, text % name)
    else:
        text = _("Nothing was left to decide for %(name)s.")
        messages.info(request, text % {"name": at_end(row.guest.name)})


def _page(
    request: HttpRequest, access: Access, status: int = 200, **refused: Any
) -> HttpResponse:
    """The page as the rows stand; a refused decision keeps what was typed."""
    rows = Obligation.objects.filter(guest__event=access.event).select_related("guest")
    unpaid = list(rows.unpaid().order_by("due_at", "pk")[: MOST_SHOWN + 1])
    waived = rows.filter(state=Obligation.State.WAIVED).with_paid_cents()
    context = {
        **access.context,
        **refused,
        "dues": dues.of(access.event, timezone.now()),
        "unpaid": unpaid[:MOST_SHOWN],
        "has_more": len(unpaid) > MOST_SHOWN,
        "inside": _inside(access.event),
        "waived": waived.order_by("-waived_at", "-pk")[:MOST_SHOWN],
        "surpluses": _surpluses(access.event),
        "satisfied": rows.satisfied().order_by("-due_at", "-pk")[:MOST_SHOWN],
    }
    return render(request, "guests/obligation_list.html", context, status=status)


def _surpluses(event: Event) -> QuerySet[Surplus]:
    """What was given for what is not owed any more, and what its donors say."""
    rows = Surplus.objects.filter(guest__event=event, gone_at=None)
    return rows.select_related("guest").order_by("-pk")[:MOST_SHOWN]


def _inside(event: Event) -> set[int]:
    """The guests who are inside now."""
    here = Admission.objects.filter(event=event, action="in", closed_at=None)
    return set(here.values_list("guest", flat=True))
