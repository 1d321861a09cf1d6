"""The charity's bottles: the board by what is to be done next, and each of them."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from donations.forms.rewards import PLATE_DATA
from donations.models import Reward
from donations.rewards import steps
from donations.views import reward_presses
from events.access import FINANCE, Access, open_event
from events.models import Event

State = Reward.State
MOST_SHOWN = 300
MOST_DONE_SHOWN = 50
MOST_PROOFS_AT_ONCE = 50
DONE = (State.HANDED_OVER, State.DECLINED, State.STOPPED)
# In the order of the work: what each of them waits for.
COLUMNS = {
    State.REQUESTED: gettext_lazy("Set the words, then send the donor a proof."),
    State.PROOF: gettext_lazy("It is the donor's turn. Some need a second nudge."),
    State.APPROVED: gettext_lazy("Tick those that go to the engraver, and send them."),
    State.ENGRAVING: gettext_lazy("When it comes back, read it letter by letter."),
    State.READY: gettext_lazy("Send it off, or hand it over."),
    State.SHIPPED: gettext_lazy("Note it when the donor has it."),
    State.ON_HOLD: gettext_lazy("Waits for the money or for a corrected result."),
}
TONES = {
    State.REQUESTED: "waiting",
    State.PROOF: "info",
    State.APPROVED: "waiting",
    State.ENGRAVING: "info",
    State.READY: "waiting",
    State.SHIPPED: "info",
    State.HANDED_OVER: "good",
    State.ON_HOLD: "bad",
}


@dataclass
class Column:
    """The bottles in one state, and what is to be done with them."""

    state: Reward.State
    next: str
    count: int
    tone: str
    rows: list[Reward] = field(default_factory=list)


@never_cache
@require_safe
def rewards(request: HttpRequest, slug: str) -> HttpResponse:
    """Every bottle by what it waits for; what somebody must ring about comes first."""
    return board(request, open_event(request.user, slug, FINANCE))


def board(
    request: HttpRequest, access: Access, *, problem: str = "", status: int = 200
) -> HttpResponse:
    """The page, in a constant number of queries, however many bottles there are."""
    event = access.event
    every = of_event(event)
    counts = dict(every.values_list("state").annotate(Count("pk")).order_by())
    columns = {
        state: Column(state, str(words), counts.get(state, 0), TONES[state])
        for state, words in COLUMNS.items()
    }
    under_way = every.exclude(state__in=DONE).order_by("requested_at", "pk")
    rows = list(under_way[: MOST_SHOWN + 1])
    for row in rows[:MOST_SHOWN]:
        columns[State(row.state)].rows.append(row)
    context = {
        **access.context,
        "to_ring": every.filter(state=State.ENGRAVING, stop_order_at__isnull=False),
        "columns": [column for column in columns.values() if column.count],
        "has_more": len(rows) > MOST_SHOWN,
        "done": every.filter(state__in=DONE).order_by("-pk")[:MOST_DONE_SHOWN],
        "done_count": sum(counts.get(state, 0) for state in DONE),
        "batches": event.engraving_batches.defer("body").annotate(Count("rewards")),
        "problem": problem,
    }
    return render(request, "donations/rewards.html", context, status=status)


@never_cache
@require_safe
def reward(request: HttpRequest, slug: str, reward_id: str) -> HttpResponse:
    """One bottle, and what may be done with it now."""
    access = open_event(request.user, slug, FINANCE)
    return _page(request, access, find(access.event, reward_id))


@require_POST
def reward_step(request: HttpRequest, slug: str, reward_id: str) -> HttpResponse:
    """Take one step with it; what cannot be done now says why."""
    access = open_event(request.user, slug, FINANCE)
    row = find(access.event, reward_id)
    by, at = request.user, timezone.now()
    try:
        taken = reward_presses.take(request, reward_presses.TEAMS, row, by, at)
    except reward_presses.Refused as refusal:
        row = find(access.event, reward_id)
        said = {"problem": str(refusal), "typed": request.POST}
        return _page(request, access, row, status=refusal.status, **said)
    words = {"name": taken.for_name, "state": taken.get_state_display()}
    messages.success(request, _("%(name)s: %(state)s.") % words)
    return redirect("donations:reward", slug, row.public_id)


@require_POST
def proofs_send(request: HttpRequest, slug: str) -> HttpResponse:
    """A drawn proof to everybody whose words are set and who asked for no change."""
    access = open_event(request.user, slug, FINANCE)
    waiting = of_event(access.event).filter(state=State.REQUESTED, remark="")
    sent = 0
    for row in waiting.exclude(engraving="").order_by("pk")[:MOST_PROOFS_AT_ONCE]:
        try:
            steps.show(row.pk, by=request.user, at=timezone.now())
            sent += 1
        except (steps.NotNow, steps.Unfit):
            # Somebody else was there first.
            continue
    text = ngettext("%(n)d proof was sent.", "%(n)d proofs were sent.", sent)
    messages.success(request, text % {"n": sent})
    return redirect("donations:rewards", slug)


@never_cache
@require_safe
def reward_proof(request: HttpRequest, slug: str, reward_id: str) -> HttpResponse:
    """The picture that the donor is shown."""
    access = open_event(request.user, slug, FINANCE)
    return picture(find(access.event, reward_id))


def picture(row: Reward) -> HttpResponse:
    """A proof as an image that no cache keeps; Http404 while there is none."""
    if not row.proof:
        raise Http404
    response = HttpResponse(bytes(row.proof), content_type="image/jpeg")
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def of_event(event: Event) -> QuerySet[Reward]:
    """An event's bottles without their pictures, which come one by one."""
    rows = Reward.objects.filter(donation__event=event)
    return rows.defer("proof").select_related("donation", "batch").defer("batch__body")


def find(event: Event, reward_id: str) -> Reward:
    """One bottle of this event, or Http404."""
    return get_object_or_404(of_event(event), public_id=reward_id)


def _page(
    request: HttpRequest,
    access: Access,
    row: Reward,
    *,
    status: int = 200,
    **said: Any,
) -> HttpResponse:
    context = {
        **access.context,
        "reward": row,
        "tone": TONES.get(State(row.state), "muted"),
        "next": COLUMNS.get(State(row.state), ""),
        "may_word": row.state in (State.REQUESTED, State.PROOF, State.APPROVED),
        "is_over": row.state in (State.SHIPPED, *DONE),
        "plate": PLATE_DATA,
        **said,
    }
    return render(request, "donations/reward.html", context, status=status)
