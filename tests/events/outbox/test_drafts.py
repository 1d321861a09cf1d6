from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from events import doorbell, outbox, suppression
from events.models import Event, Message
from tests.events.mails import make_draft, make_message

State = Message.State

pytestmark = pytest.mark.django_db


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    heard: list[int] = []
    monkeypatch.setattr(doorbell, "ring", lambda times=1: heard.append(times))
    return heard


def test_creating_twice_leaves_one_row(event: Event) -> None:
    draft = make_draft(event)

    assert outbox.create([draft], timezone.now()) == 1
    assert outbox.create([draft], timezone.now()) == 0

    assert Message.objects.count() == 1


def test_the_bell_rings_after_the_commit_and_only_for_new_mail(
    event: Event, rings: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    draft = make_draft(event)
    with django_capture_on_commit_callbacks(execute=True):
        outbox.create([draft], timezone.now())
        assert rings == []
    assert rings == [1]
    with django_capture_on_commit_callbacks(execute=True):
        outbox.create([draft], timezone.now())
    assert rings == [1]


def test_creating_a_large_wave_takes_few_queries(
    event: Event, django_assert_max_num_queries: Any
) -> None:
    drafts = [make_draft(event, is_bulk=True) for _ in range(2500)]
    with django_assert_max_num_queries(20):
        assert outbox.create(drafts, timezone.now()) == 2500


def test_a_suppressed_address_gets_no_bulk_mail_but_its_receipt(event: Event) -> None:
    suppression.suppress("Amy@Mail.example", timezone.now())
    address = {"recipient_email": "amy@mail.example"}

    invitation = make_message(event, is_bulk=True, **address)
    receipt = make_message(event, **address)

    assert invitation.state == State.SUPPRESSED
    assert receipt.state == State.QUEUED


def test_a_wish_made_under_an_older_key_still_holds(
    event: Event, settings: Any
) -> None:
    suppression.suppress("amy@mail.example", timezone.now())
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 60

    message = make_message(event, is_bulk=True, recipient_email="amy@mail.example")

    assert message.state == State.SUPPRESSED


def test_a_rolled_back_transaction_owes_no_mail(event: Event) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        outbox.create([make_draft(event)], timezone.now())
        raise RuntimeError
    assert not Message.objects.exists()
