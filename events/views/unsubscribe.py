"""No more bulk mail: one click in a mail program (RFC 8058), or a button on a page."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from events import outbox, suppression
from events.models import Message
from losers_lounge.links import is_genuine, split_token
from losers_lounge.throttle import Throttle, network

LINK_VERSION = 1
WRONG_LINKS = Throttle("unsubscribe", most=30, seconds=300, most_of_all=3000)


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Behind List-Unsubscribe. GET shows; POST acts, and again does no more.

    A mail program posts without cookies, so that one body alone needs no CSRF
    token: who knows the link may stop the mail. The page's buttons carry theirs.
    """
    message = message_of(token)
    if message is None:
        if not WRONG_LINKS.admit(network(request)):
            return WRONG_LINKS.refusal(request)
        return render(request, "events/unsubscribe_unknown.html", status=404)
    if request.POST.get("List-Unsubscribe") == "One-Click":
        suppression.suppress(message.recipient_email, now())
        return page(request, message)
    return by_button(request, message)


@csrf_protect
def by_button(request: HttpRequest, message: Message) -> HttpResponse:
    action = request.POST.get("action")
    if action == "stop":
        suppression.suppress(message.recipient_email, now())
    elif action == "undo":
        suppression.lift(message.recipient_email)
        outbox.ring()
    return page(request, message)


def page(request: HttpRequest, message: Message) -> HttpResponse:
    is_stopped = suppression.is_suppressed(message.recipient_email)
    context = {"event": message.event, "is_stopped": is_stopped}
    return render(request, "events/unsubscribe.html", context)


def message_of(token: str) -> Message | None:
    """The mail this link stood in; None for a link that was not made here."""
    lookup, mac = split_token(token)
    if not is_genuine("unsubscribe", lookup, LINK_VERSION, mac):
        return None
    return Message.objects.select_related("event").filter(lookup=lookup).first()
