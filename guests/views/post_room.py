"""The post room: every letter of the event, and what goes out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from events import outbox
from events.access import open_event
from events.models import Event, Message
from guests import invitations, list_page, mailings

HOST = "host"
UNDER_WAY = (
    Message.State.HELD,
    Message.State.QUEUED,
    Message.State.CLAIMED,
    Message.State.HANDING_OVER,
)


@require_safe
def message_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every letter of the event with its state, and the button that sends."""
    access = open_event(request.user, slug, HOST)
    context = {
        **access.context,
        **_post_room(access.event, request.GET.get("before", "")),
        "waiting_to_be_sent": invitations.waiting_to_be_sent(access.event),
        "without_address": invitations.without_address(access.event),
    }
    return render(request, "guests/message_list.html", context)


@require_POST
def invitations_send(request: HttpRequest, slug: str) -> HttpResponse:
    """One press: one letter for each invitation that has none yet."""
    access = open_event(request.user, slug, HOST)
    try:
        sent = invitations.send(access.event.pk, by=request.user, at=timezone.now())
    except mailings.EventNotOpen:
        messages.error(
            request, _("Nothing was sent: open the event in its settings first.")
        )
        return redirect("guests:messages", slug)
    text = ngettext(
        "%(n)d invitation is on its way.",
        "%(n)d invitations are on their way.",
        sent.queued,
    ) % {"n": sent.queued}
    messages.success(request, text)
    return redirect("guests:messages", slug)


@require_safe
def message_progress(request: HttpRequest, slug: str) -> HttpResponse:
    """The moving part of the letters page."""
    access = open_event(request.user, slug, HOST)
    context = {**access.context, **_post_room(access.event, "")}
    return render(request, "guests/_post_room.html", context)


def _post_room(event: Event, before: str) -> dict[str, object]:
    """A page of letters, newest first, and how far the invitations have come."""
    states = outbox.progress(event, "invitation")
    total = sum(states[state] for state in Message.State.values)
    waiting = sum(states[state] for state in UNDER_WAY)
    letters = event.messages.order_by("-pk")
    if before.isascii() and before.isdigit():
        letters = letters.filter(pk__lt=int(before[:18]))
    rows = list(letters[: list_page.PAGE_SIZE + 1])
    shown = rows[: list_page.PAGE_SIZE]
    return {
        "states": states,
        "done": total - waiting,
        "total": total,
        "letters": shown,
        "next_url": f"?before={shown[-1].pk}" if len(rows) > len(shown) else "",
    }
