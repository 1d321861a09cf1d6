"""A mail provider's webhook, checked and read by django-anymail's views.

Only those parts of it are used: mail leaves by SMTP, so no signal has to be listened
to and none of its apps or routes is installed.
"""

from collections.abc import Iterator

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType
from anymail.webhooks.base import AnymailCoreWebhookView
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from django.conf import settings
from django.http import HttpRequest

from events.bounces.reports import MALFORMED, STATUS, Kind, Report

# Each with what its secret is: "user:password" of the webhook's address, or a key.
PROVIDERS: dict[str, tuple[type[AnymailCoreWebhookView], str]] = {
    "brevo": (BrevoTrackingWebhookView, "webhook_secret"),
    "mailgun": (MailgunTrackingWebhookView, "webhook_signing_key"),
    "mailjet": (MailjetTrackingWebhookView, "webhook_secret"),
    "postmark": (PostmarkTrackingWebhookView, "webhook_secret"),
    "sparkpost": (SparkPostTrackingWebhookView, "webhook_secret"),
}
KINDS = {
    EventType.BOUNCED: Kind.FAILED,
    EventType.REJECTED: Kind.FAILED,
    EventType.FAILED: Kind.FAILED,
    EventType.DEFERRED: Kind.DELAYED,
    EventType.COMPLAINED: Kind.COMPLAINT,
}
MOST_EVENTS = 1000


class Forged(Exception):
    """Not from the provider."""


class Malformed(Exception):
    """From the provider, and not to be understood."""


def read(request: HttpRequest) -> list[Report]:
    """What the provider tells; Forged if it is not the provider, Malformed if unclear.

    Whatever else it tells, an opened mail or a click, nobody here wants to know.
    """
    view_class, secret_name = PROVIDERS[settings.BOUNCES_PROVIDER]
    view = view_class(**{secret_name: settings.BOUNCES_SECRET})
    try:
        view.run_validators(request)
    except (AnymailWebhookValidationFailure, *MALFORMED):
        raise Forged from None
    try:
        return list(_reports(view.parse_events(request)[:MOST_EVENTS]))
    except (AnymailError, *MALFORMED) as error:
        raise Malformed(type(error).__name__) from None


def _reports(events: list[AnymailTrackingEvent]) -> Iterator[Report]:
    for event in events:
        if event.event_type not in KINDS:
            continue
        words = str(event.mta_response or event.description or "")
        code = STATUS.search(words)
        yield Report(
            KINDS[event.event_type],
            message_id=str(event.message_id or ""),
            recipient=str(event.recipient or "").strip().lower(),
            code=code[0] if code else "",
            words=words,
            is_trusted=True,
        )
