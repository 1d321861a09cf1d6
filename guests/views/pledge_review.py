"""Hosts let saved cards be charged: who, why, how much, and which to leave out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from donations import pledges as cards
from events.access import HOST, open_event
from guests import pledges
from losers_lounge import doorbell
from losers_lounge.telling import told_cents

TASK = "guests.tasks.follow_pledges"
MOST_PRESSED = 1000


@never_cache
@require_safe
def pledge_review(request: HttpRequest, slug: str) -> HttpResponse:
    """Every pledge with a card: to be charged, held, waiting, or in trouble."""
    access = open_event(request.user, slug, HOST)
    at = timezone.now()
    rows = pledges.review(access.event, at)
    ready = [one for one in rows if pledges.may_be_pressed(one)]
    context = access.context | {
        "ready": ready,
        "ready_cents": sum(one.charge_cents for one in ready),
        "others": [one for one in rows if one not in ready],
        "pledged": cards.pledged(access.event),
        "by_rule": access.event.charges_pledges_by_rule,
    }
    return render(request, "guests/pledge_review.html", context)


@require_POST
def pledges_charge(request: HttpRequest, slug: str) -> HttpResponse:
    """Let the ticked cards be charged with what the page said; the work is rung for."""
    access = open_event(request.user, slug, HOST)
    wanted = _wanted(request.POST.getlist("charge")[:MOST_PRESSED])
    if not wanted:
        messages.error(request, _("No card was ticked, so nothing is charged."))
        return redirect("guests:pledge_review", slug)
    at = timezone.now()
    done = pledges.approve(access.event, wanted, by=request.user, at=at)
    if done:
        doorbell.ring(TASK)
        cents = sum(wanted[row.public_id] for row in done)
        text = ngettext(
            "%(n)d card is being charged: %(sum)s.",
            "%(n)d cards are being charged: %(sum)s.",
            len(done),
        )
        messages.success(request, text % {"n": len(done), "sum": told_cents(cents)})
    if len(done) < len(wanted):
        messages.warning(
            request,
            _("Some were left out: what they owe has changed, or is on its way."),
        )
    return redirect("guests:pledge_review", slug)


def _wanted(typed: list[str]) -> dict[str, int]:
    """What was ticked: a pledge's public id and the cents the page showed for it."""
    pairs = (value.rpartition(":") for value in typed)
    return {
        name: int(cents)
        for name, _colon, cents in pairs
        if name and "\0" not in name and cents.isascii() and cents.isdecimal()
        if len(cents) < 10
    }
