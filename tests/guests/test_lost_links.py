"""The lost link's page: what it sends, and what it keeps to itself."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Message
from guests.models import Invitation
from guests.views.invited import LOST_LINK_SECONDS
from tests.alike import told_by
from tests.factories import make_event
from tests.guests.assistants import make_dana, make_principal
from tests.guests.people import AT

pytestmark = pytest.mark.django_db


def ask(email: str) -> tuple[str, float]:
    began = time.monotonic()
    page = Client().post(reverse("guests:lost_link"), {"email": email})
    return told_by(page).partition('role="status"')[2], time.monotonic() - began


def test_an_assistant_gets_the_link_of_their_page_once() -> None:
    dana = make_dana(make_event())
    for _ in range(3):
        make_principal(dana)
    Invitation.objects.update(invited_at=AT)
    for _press in range(2):
        ask(dana.email)
    letter = Message.objects.get()
    assert letter.kind == "portal_link"
    assert letter.context["link"]["link"] == ["contact", dana.public_id, 1]


def test_known_and_unknown_are_told_the_same_in_the_same_time() -> None:
    dana = make_dana(make_event())
    make_principal(dana)
    Invitation.objects.update(invited_at=AT)
    (known, slow), (unknown, quick) = ask(dana.email), ask("nobody@guests.example")
    assert known == unknown
    assert min(slow, quick) >= LOST_LINK_SECONDS
