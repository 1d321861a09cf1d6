from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from events import suppression
from events.models import Event, Message, Suppression
from losers_lounge.links import absolute_url, make_token
from tests.alike import told_by
from tests.events.mails import make_message

pytestmark = pytest.mark.django_db

State = Message.State
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def message(event: Event) -> Message:
    return make_message(event, is_bulk=True, recipient_email="Amy@mail.example")


@pytest.fixture
def url(message: Message, settings: Any) -> str:
    return absolute_url("unsubscribe", message.lookup, 1).removeprefix(
        settings.SITE_URL
    )


@pytest.fixture
def mail_program() -> Client:
    """No cookies, no page seen before; CSRF is checked as in production."""
    return Client(enforce_csrf_checks=True)


def test_looking_changes_nothing(url: str, message: Message, anonymous: Client) -> None:
    for method in (anonymous.get, anonymous.head):
        assert method(url).status_code == 200
    message.refresh_from_db()
    assert message.state == State.QUEUED
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    "encoding",
    [
        {"data": ONE_CLICK},
        {
            "data": "List-Unsubscribe=One-Click",
            "content_type": "application/x-www-form-urlencoded",
        },
    ],
)
def test_one_click_stops_the_mail_in_both_encodings(
    url: str, message: Message, mail_program: Client, encoding: dict
) -> None:
    receipt = make_message(message.event, recipient_email="amy@mail.example")

    assert mail_program.post(url, **encoding).status_code == 200

    message.refresh_from_db()
    receipt.refresh_from_db()
    assert message.state == State.SUPPRESSED
    assert receipt.state == State.QUEUED
    assert suppression.is_suppressed("AMY@mail.example")


def test_one_click_twice_is_once(url: str, mail_program: Client) -> None:
    for _ in range(2):
        assert mail_program.post(url, ONE_CLICK).status_code == 200
    assert Suppression.objects.count() == 1


def test_the_address_is_not_kept(url: str, mail_program: Client) -> None:
    mail_program.post(url, ONE_CLICK)
    assert "mail.example" not in Suppression.objects.get().address_mac


def test_any_other_form_needs_its_csrf_token(url: str, mail_program: Client) -> None:
    assert mail_program.post(url, {"action": "undo"}).status_code == 403


def test_the_button_stops_and_the_undo_starts_again(
    url: str, message: Message, anonymous: Client
) -> None:
    assert b'value="stop"' in anonymous.get(url).content

    answer = anonymous.post(url, {"action": "stop"})
    assert b'value="undo"' in answer.content
    message.refresh_from_db()
    assert message.state == State.SUPPRESSED

    answer = anonymous.post(url, {"action": "undo"})
    assert b'value="stop"' in answer.content
    message.refresh_from_db()
    assert message.state == State.QUEUED


def test_the_undo_does_not_send_mail_for_an_evening_that_is_over(
    message: Message,
) -> None:
    suppression.suppress(message.recipient_email, timezone.now())
    event = message.event
    event.ends_at = timezone.now() - timezone.timedelta(days=1)
    event.starts_at = event.doors_at = event.ends_at - timezone.timedelta(hours=5)
    event.save()

    suppression.lift(message.recipient_email)

    message.refresh_from_db()
    assert message.state == State.SUPPRESSED


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        "x.y",
        "." + "m" * 27,
        make_token("unsubscribe", "nobody-has-this1", 1),
        make_token("invitation", "nobody-has-this1", 1),
    ],
)
def test_an_unknown_link_looks_the_same_whatever_it_is(
    token: str, mail_program: Client
) -> None:
    answers = [
        mail_program.get(f"/unsubscribe/{token}/"),
        mail_program.post(f"/unsubscribe/{token}/", ONE_CLICK),
        mail_program.get("/unsubscribe/another/"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len(set(map(told_by, answers))) == 1


def test_a_link_of_another_purpose_does_not_stop_mail(
    message: Message, mail_program: Client
) -> None:
    token = make_token("invitation", message.lookup, 1)
    assert mail_program.post(f"/unsubscribe/{token}/", ONE_CLICK).status_code == 404
    assert not Suppression.objects.exists()
