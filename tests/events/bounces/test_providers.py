import hashlib
import hmac
import json
from base64 import b64encode
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from events import suppression
from events.bounces import providers
from events.models import Event, Message
from losers_lounge import environment
from tests.events.bounces.test_records import make_sent

State = Message.State
POSTMARK_SECRET = "lounge:a-long-password"
MAILGUN_KEY = "key-0123456789abcdef"

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(event: Event) -> Message:
    return make_sent(event, is_bulk=True)


@pytest.fixture
def postmark(settings: Any) -> None:
    settings.BOUNCES_PROVIDER = "postmark"
    settings.BOUNCES_SECRET = POSTMARK_SECRET


def post(
    body: Any, provider: str = "postmark", secret: str = POSTMARK_SECRET
) -> HttpResponse:
    known = b64encode(secret.encode()).decode()
    return Client(enforce_csrf_checks=True).post(
        f"/bounces/{provider}/",
        body if isinstance(body, bytes) else json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Basic {known}"} if secret else {},
    )


def hard_bounce(message: Message, **fields: Any) -> dict[str, Any]:
    return {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Email": message.recipient_email.upper(),
        "Details": "smtp;550 5.1.1 The account does not exist",
        "BouncedAt": "2026-11-21T06:00:00Z",
        **fields,
    }


@pytest.mark.usefixtures("postmark")
def test_a_provider_tells_what_came_back(sent: Message) -> None:
    assert post(hard_bounce(sent)).status_code == 200
    assert post(hard_bounce(sent)).status_code == 200
    sent.refresh_from_db()
    assert sent.state == State.BOUNCED
    assert sent.explanation == "There is no such address"
    assert sent.server_words.endswith("The account does not exist")


@pytest.mark.usefixtures("postmark")
def test_a_provider_that_proved_itself_may_tell_of_a_complaint(sent: Message) -> None:
    spam = {"RecordType": "SpamComplaint", "Type": "SpamComplaint"}
    assert post(hard_bounce(sent) | spam).status_code == 200
    sent.refresh_from_db()
    assert sent.state == State.COMPLAINED
    assert suppression.is_suppressed(sent.recipient_email)


@pytest.mark.usefixtures("postmark")
@pytest.mark.parametrize(
    "fields",
    [
        {"RecordType": "Open"},
        {"RecordType": "Delivery"},
        {"Email": "nobody@mail.example"},
        {"Email": None},
    ],
)
def test_other_news_changes_nothing(sent: Message, fields: dict[str, Any]) -> None:
    assert post(hard_bounce(sent) | fields).status_code == 200
    sent.refresh_from_db()
    assert (sent.state, sent.last_error) == (State.SENT, "")


@pytest.mark.usefixtures("postmark")
@pytest.mark.parametrize("secret", ["", "lounge:wrong-password-", "x", "é:ü"])
def test_who_does_not_know_the_secret_stores_nothing(
    sent: Message, secret: str
) -> None:
    assert post(hard_bounce(sent), secret=secret).status_code == 400
    sent.refresh_from_db()
    assert sent.state == State.SENT


@pytest.mark.usefixtures("postmark")
@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b"3", b'{"RecordType": []}', b"[" * 100_000, b"null"]
)
def test_what_cannot_be_read_is_refused(body: bytes) -> None:
    assert post(body).status_code == 400


def test_nobody_knocks_where_no_provider_is_configured(
    sent: Message, settings: Any
) -> None:
    assert post(hard_bounce(sent)).status_code == 404
    settings.BOUNCES_PROVIDER = "mailgun"
    settings.BOUNCES_SECRET = MAILGUN_KEY
    assert post(hard_bounce(sent)).status_code == 404
    assert post(hard_bounce(sent), provider="nobody").status_code == 404


def signed(message: Message, key: str = MAILGUN_KEY) -> dict[str, Any]:
    """As Mailgun does it, which passes our own Message-ID on."""
    told = {"timestamp": "1795240800", "token": "0" * 50}
    signature = hmac.new(
        key.encode(), (told["timestamp"] + told["token"]).encode(), hashlib.sha256
    )
    return {
        "signature": told | {"signature": signature.hexdigest()},
        "event-data": {
            "event": "failed",
            "severity": "permanent",
            "timestamp": 1795240800.0,
            "recipient": message.recipient_email,
            "message": {"headers": {"message-id": message.message_id.strip("<>")}},
            "delivery-status": {"message": "552 5.2.2 mailbox full"},
        },
    }


def test_a_signature_is_checked_and_our_message_id_found(
    sent: Message, event: Event, settings: Any
) -> None:
    newer = make_sent(event, recipient_email=sent.recipient_email)
    settings.BOUNCES_PROVIDER, settings.BOUNCES_SECRET = "mailgun", MAILGUN_KEY

    forged = signed(sent, key="key-of-somebody-else")
    assert post(forged, "mailgun", secret="").status_code == 400
    assert post(signed(sent), "mailgun", secret="").status_code == 200

    sent.refresh_from_db()
    newer.refresh_from_db()
    assert (sent.state, newer.state) == (State.BOUNCED, State.SENT)
    assert sent.explanation == "The mail came back: The mailbox is full"


def test_the_environment_knows_every_provider() -> None:
    assert set(environment.PROVIDERS) == set(providers.PROVIDERS)
