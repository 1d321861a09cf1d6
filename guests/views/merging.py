"""Two rows that may be one person: looked at side by side, made one, parted."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from events.access import HOST, open_event
from events.models import Message
from guests import door, merging
from guests.forms.people import MergeForm
from guests.merging import CannotUnmerge, MergeRefused, Pair
from guests.models import Guest, GuestMerge
from guests.views.person import open_guest
from losers_lounge.names import at_end
from losers_lounge.whole_number import whole_number

MOST_PAIRS = 50


@never_cache
@require_safe
def doubles(request: HttpRequest, slug: str) -> HttpResponse:
    """Pairs that may be one person, and those who were made one."""
    access = open_event(request.user, slug, HOST)
    found = merging.pairs(access.event, MOST_PAIRS + 1)
    merges = access.event.guest_merges.filter(undone_at=None)
    context = {
        **access.context,
        "pairs": found[:MOST_PAIRS],
        "has_more": len(found) > MOST_PAIRS,
        "merges": merges.select_related("kept", "gone")[:MOST_PAIRS],
    }
    return render(request, "guests/double_list.html", context)


@require_POST
def keep_apart(request: HttpRequest, slug: str) -> HttpResponse:
    """Two people, a host says: they are not asked about again."""
    access = open_event(request.user, slug, HOST)
    first, second = (
        whole_number(request.POST.get(one, "")) for one in ("first", "second")
    )
    if first is None or second is None:
        raise BadRequest
    at = timezone.now()
    try:
        merging.keep_apart(access.event, first, second, by=request.user, at=at)
    except Guest.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Two people, then. We won't ask again."))
    return redirect("guests:doubles", slug)


@never_cache
@require_safe
def merge_find(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Look for the other row of this person."""
    access, guest = open_guest(request, slug, guest_id)
    text = request.GET.get("q", "")[:200]
    found = [row for row in door.search(access.event, text) if row.pk != guest.pk]
    context = {
        **access.context,
        "guest": guest,
        "q": text,
        "found": found if text else merging.alike(guest),
    }
    return render(request, "guests/merge_find.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def guest_merge(
    request: HttpRequest, slug: str, guest_id: int, other_id: int
) -> HttpResponse:
    """Both rows side by side, what would happen, and the press that does it."""
    access, guest = open_guest(request, slug, guest_id)
    other = get_object_or_404(access.event.guests, pk=other_id)
    kept, gone = merging.in_order(guest, other)
    try:
        pair = merging.read_pair(kept.pk, gone.pk)
    except Guest.DoesNotExist:
        raise Http404 from None
    if request.method == "POST":
        problem = _merge(request, pair)
        if not problem:
            return redirect("guests:guest_detail", slug, kept.pk)
        messages.error(request, problem)
        pair = merging.read_pair(kept.pk, gone.pk)
    return _show(request, access.context, pair)


def _merge(request: HttpRequest, pair: Pair) -> str:
    """What stood in the way, in words; empty when they are one person now."""
    form = MergeForm(request.POST)
    choice = form.choice()
    if form.cleaned_data.get("seen") != merging.mark(pair):
        if pair.gone.merged_into_id == pair.kept.pk:
            return ""
        return _("Something changed while you looked. Here is what stands now.")
    try:
        merging.merge(
            pair.kept.pk, pair.gone.pk, choice, by=request.user, at=timezone.now()
        )
    except MergeRefused as refusal:
        return str(refusal)
    text = _("One person: %(name)s.") % {"name": at_end(pair.of(choice.name).name)}
    messages.success(request, text)
    return ""


def _show(request: HttpRequest, context: dict, pair: Pair) -> HttpResponse:
    typed = request.POST if request.method == "POST" else request.GET
    choice = MergeForm(typed).choice()
    sides = [
        {
            "side": side,
            "guest": row,
            "letters": Message.objects.filter(about=row.invitation.about).count(),
            "party": party,
        }
        for side, row, party in (
            ("kept", pair.kept, pair.kept_party),
            ("gone", pair.gone, pair.gone_party),
        )
    ]
    reason = merging.why_not(pair)
    shown = {
        **context,
        "pair": pair,
        "sides": sides,
        "choice": choice,
        "reason": reason,
        "foreseen": None if reason else merging.foresee(pair, choice),
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "guests/guest_merge.html", shown, status=status)


@require_POST
def merge_undo(request: HttpRequest, slug: str, merge_id: int) -> HttpResponse:
    """Two people after all: both rows as they were."""
    access = open_event(request.user, slug, HOST)
    row = get_object_or_404(GuestMerge, pk=merge_id, event=access.event)
    try:
        merging.unmerge(row.pk, by=request.user, at=timezone.now())
    except CannotUnmerge as refusal:
        text = _("They stay one person. %(why)s") % {"why": refusal}
        messages.error(request, text)
    else:
        messages.success(request, _("Two people again, each with what was theirs."))
    return redirect("guests:guest_detail", slug, row.kept_id)
