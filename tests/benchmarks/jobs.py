"""What the product does outside of requests, by name."""

from functools import cache
from pathlib import Path

from css_inline import CSSInliner
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import timezone

from donations import webhooks
from events import delivery, mail
from events.models import Event, Message
from guests import imports
from guests.models import ImportRun
from losers_lounge.ics import from_values


def read_guests(slug: str, path: str) -> str:
    """Both steps of an import, as the command takes them."""
    event = Event.objects.get(slug=slug)
    data = Path(path).read_bytes()
    at = timezone.now()
    run = imports.start(event, ImportRun.Kind.GUESTS, data, by=None, at=at)
    return str(imports.finish(run.pk, by=None, at=at).new)


def send_mails(count: str) -> str:
    """Drain so many mails: claim, render, hand over, settle."""
    turns = iter([False] * int(count) + [True])
    return str(delivery.drain(600, lambda: next(turns)))


def send_same_letters(count: str) -> str:
    """The same letters in a bare loop: render, inline, hand over; nothing is kept."""
    for message in Message.objects.filter(is_bulk=True)[: int(count)]:
        context = mail.template_context(message)
        written = EmailMultiAlternatives(
            render_to_string(f"{message.template}.subject.txt", context).strip(),
            render_to_string(f"{message.template}.txt", context),
            to=[message.recipient_email],
            connection=kept_connection(),
            headers={"List-Unsubscribe": f"<{context['unsubscribe_url']}>"},
        )
        html = render_to_string(f"{message.template}.html", context)
        written.attach_alternative(inliner().inline(html), "text/html")
        if entry := context.get("calendar"):
            ics = from_values(entry, stamp=message.created_at)
            written.attach("event.ics", ics.decode(), "text/calendar")
        written.send()
    return count


@cache
def kept_connection() -> BaseEmailBackend:
    kept = get_connection()
    kept.open()
    return kept


@cache
def inliner() -> CSSInliner:
    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def process_webhooks() -> str:
    """Book whatever the stored webhooks lead to."""
    return str(webhooks.process_owed(timezone.now()))


JOBS = {
    "read_guests": read_guests,
    "send_mails": send_mails,
    "send_same_letters": send_same_letters,
    "process_webhooks": process_webhooks,
}
