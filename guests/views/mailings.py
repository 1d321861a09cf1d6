"""Plan a mailing: to whom, when, and who of them gets none, before the press."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from events.access import HOST, Access, open_event
from events.models import Event, User
from guests import mailings, reach
from guests.forms.letters import WhenForm
from guests.listing import filtering
from guests.listing.filtering import ListFilters
from guests.models import Mailing
from losers_lounge.links import make_lookup
from losers_lounge.moments import in_zone

Kind = Mailing.Kind


@require_http_methods(["GET", "HEAD", "POST"])
def mailing_new(request: HttpRequest, slug: str) -> HttpResponse:
    """One kind of letter to whoever fits the address's filters, now or later."""
    access = open_event(request.user, slug, HOST)
    kind = request.GET.get("letters", Kind.INVITATION)
    if kind not in Kind.values:
        raise Http404
    filters = filtering.read(request.GET)
    if request.method != "POST":
        initial = {"nonce": make_lookup(), "when": "now"}
        form = WhenForm(event=access.event, initial=initial)
        return _page(request, access, kind, filters, form)
    form = WhenForm(request.POST, event=access.event)
    if not form.is_valid():
        return _page(request, access, kind, filters, form, status=422)
    try:
        made = _planned(access.event, kind, filters, form, request.user)
    except mailings.EventNotOpen:
        form.add_error(
            None, _("Nothing was sent: the event is not open, or answers are closed.")
        )
        return _page(request, access, kind, filters, form, status=409)
    except mailings.TooManyLetters as refusal:
        form.add_error(None, str(refusal))
        return _page(request, access, kind, filters, form, status=429)
    messages.success(request, _said(made, access))
    return redirect("guests:messages", slug)


def _planned(
    event: Event, kind: str, filters: ListFilters, form: WhenForm, by: User
) -> Mailing:
    """What the address and the form ask for; raises as mailings.plan does."""
    wanted = mailings.Plan(
        kind,
        audience=filters.as_query(),
        send_at=form.cleaned_data.get("send_at"),
        wave=int(filters.wave or 1),
    )
    nonce = form.cleaned_data["nonce"]
    return mailings.plan(event, wanted, nonce=nonce, by=by, at=timezone.now())


@require_POST
def mailing_cancel(request: HttpRequest, slug: str, mailing_id: int) -> HttpResponse:
    """Stop a mailing; what has not left is taken back."""
    access = open_event(request.user, slug, HOST)
    mailing = get_object_or_404(access.event.mailings, pk=mailing_id)
    try:
        taken = mailings.cancel(mailing.pk, by=request.user, at=timezone.now())
    except mailings.Begun:
        messages.error(
            request, _("Nothing to stop: everything has left or was stopped.")
        )
    else:
        text = ngettext(
            "Canceled. %(n)d letter was taken back.",
            "Canceled. %(n)d letters were taken back.",
            taken,
        )
        messages.success(request, text % {"n": taken})
    return redirect("guests:messages", slug)


def _said(made: Mailing, access: Access) -> str:
    if made.state == Mailing.State.PLANNED:
        at = in_zone(made.send_at, access.event.zone)
        return _("Planned: it goes out on %(at)s.") % {"at": at}
    return ngettext(
        "%(n)d letter is on its way.", "%(n)d letters are on their way.", made.total
    ) % {"n": made.total}


def _page(
    request: HttpRequest,
    access: Access,
    kind: str,
    filters: ListFilters,
    form: WhenForm,
    status: int = 200,
) -> HttpResponse:
    may_go = mailings.may_go(access.event, kind, timezone.now())
    reached = _reached(access.event, filters, kind)
    # Where nothing can be sent there is no field to lead to: the page says why.
    is_lost = form.is_bound and not (may_go and reached["letters"])
    context = {
        **access.context,
        "form": form if form.non_field_errors() or not is_lost else None,
        "problem": is_lost,
        "kind": kind,
        "title": Kind(kind).label,
        "may_go": may_go,
        **_asked_for(filters, kind),
        **reached,
    }
    return render(request, "guests/mailing_form.html", context, status=status)


def _asked_for(filters: ListFilters, kind: str) -> dict[str, Any]:
    """What the address says, and the addresses that ask for another letter."""
    query = filters.as_query()
    return {
        "choices": [
            (label, "?" + urlencode({**query, "letters": value}), value == kind)
            for value, label in Kind.choices
        ],
        "filters": [words for _name, words in filters.described()],
        "list_url_query": urlencode(query),
    }


def _reached(event: Event, filters: ListFilters, kind: str) -> dict[str, Any]:
    """How many letters, and how many get none, each with the reason."""
    found = reach.audience(event, filters.guests(event))
    measured = reach.measure(found, kind)
    left_out = measured.left_out.items()
    return {
        "letters": measured.letters,
        "left_out": [(reach.words(why, kind), number) for why, number in left_out],
    }
