"""The post room: every letter of the event, where it stands, and what goes out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from events import outbox
from events.access import HOST, open_event
from events.models import Event, Message
from guests import invitations, mailings, post_room
from guests.models import Mailing
from guests.post_room import board, personas
from guests.post_room.board import Wanted


@require_safe
def message_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Figures, mailings and letters, and the button that sends the invitations."""
    access = open_event(request.user, slug, HOST)
    context = {
        **access.context,
        **_board(access.event, request),
        "nothing_leaves": outbox.why_nothing_leaves(),
        "waiting_to_be_sent": invitations.waiting_to_be_sent(access.event),
        "without_address": invitations.without_address(access.event),
        "waves": board.waves(access.event),
        "letter_groups": _letter_groups(),
        "kinds": board.KIND_WORDS.items(),
        "states": Message.State.choices,
    }
    return render(request, "guests/message_list.html", context)


@require_safe
def message_progress(request: HttpRequest, slug: str) -> HttpResponse:
    """The moving part of the letters page."""
    access = open_event(request.user, slug, HOST)
    waiting = invitations.waiting_to_be_sent(access.event)
    context = {**access.context, **_board(access.event, request)}
    context["waiting_to_be_sent"] = waiting
    return render(request, "guests/_post_moving.html", context)


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
    except mailings.TooManyLetters as refusal:
        messages.error(request, str(refusal))
        return redirect("guests:messages", slug)
    text = ngettext(
        "%(n)d invitation is on its way.",
        "%(n)d invitations are on their way.",
        sent.queued,
    ) % {"n": sent.queued}
    messages.success(request, text)
    return redirect("guests:messages", slug)


@require_POST
def mail_hold(request: HttpRequest, slug: str) -> HttpResponse:
    """Let none of this event's mail leave until it is released."""
    access = open_event(request.user, slug, HOST)
    held = post_room.hold(access.event, by=request.user, at=timezone.now())
    text = _("Nothing leaves now. %(n)d letters wait.") % {"n": held}
    messages.success(request, text)
    return redirect("guests:messages", slug)


@require_POST
def mail_release(request: HttpRequest, slug: str) -> HttpResponse:
    """Let this event's mail leave again."""
    access = open_event(request.user, slug, HOST)
    released = post_room.release(access.event, by=request.user, at=timezone.now())
    text = _("Mail leaves again. %(n)d letters go out.") % {"n": released}
    messages.success(request, text)
    return redirect("guests:messages", slug)


@require_POST
def message_again(request: HttpRequest, slug: str, message_id: int) -> HttpResponse:
    """A host decides that a letter which failed or may have arrived goes again."""
    access = open_event(request.user, slug, HOST)
    letter = get_object_or_404(access.event.messages, pk=message_id)
    by, at = request.user, timezone.now()
    if post_room.send_again(access.event, letter, by=by, at=at):
        messages.success(request, _("It goes out once more."))
    else:
        messages.error(request, _("Nothing was sent: it is on its way, or arrived."))
    return redirect("guests:messages", slug)


def _letter_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every letter a host may reword: those they send, and those that follow."""
    kinds = personas.KINDS.items()
    sent = [(kind, words) for kind, words in kinds if kind in personas.MAILED]
    follow = [(kind, words) for kind, words in kinds if kind not in personas.MAILED]
    return [(_("You send them"), sent), (_("They go by themselves"), follow)]


def _board(event: Event, request: HttpRequest) -> dict[str, object]:
    """What moves: how far the letters are, one page of them, and the mailings."""
    wanted = Wanted.read(request.GET)
    page = board.read(event, wanted)
    figures = board.figures(event)
    shown = board.mailings(event, figures)
    total = sum(row.total for row in figures)
    waiting = sum(row.under_way for row in figures)
    return {
        "wanted": wanted,
        "query": request.GET.urlencode(),
        "letters": page.letters,
        "next_url": page.next_url,
        "figures": figures,
        "mailings": shown,
        "done": total - waiting,
        "total": total,
        "sent": sum(row.sent for row in figures),
        "care": sum(row.care for row in figures),
        "is_moving": waiting
        or any(row.state == Mailing.State.WRITING for row, _can_stop in shown),
        "hold": event.sending_holds.first(),
    }
