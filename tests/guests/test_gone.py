"""What a guest reads whose link or evening is no more: what happened, what to do."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from guests.models import Guest, Invitation
from guests.privacy import blanks
from losers_lounge.links import make_token
from tests.alike import told_by
from tests.factories import make_event
from tests.guests.factories import make_guest
from tests.guests.people import NO, YES, browser_of, page_of, token_of

pytestmark = pytest.mark.django_db

LOST = reverse("guests:lost_link")
Status = Event.Status


@pytest.fixture
def guest() -> Guest:
    return make_guest(make_event(name="Velvet"), name="Tina Fey", answer=YES)


def test_a_forgotten_link_says_so_and_names_nobody(guest: Guest) -> None:
    row = guest.invitation
    token, client = token_of(row), browser_of(row)
    blanks.invitations([Invitation.objects.get(pk=row.pk)])
    for answer in (Client().get(f"/i/{token}/"), client.get(page_of(row))):
        assert answer.status_code == HTTPStatus.GONE
        assert "That evening is forgotten" in answer.text
        assert f'href="{LOST}"' in answer.text
        assert "Tina Fey" not in answer.text and "Velvet" not in answer.text


def test_who_guesses_cannot_tell_a_lookup_that_is_taken(guest: Guest) -> None:
    """Neither another's mac nor one made up says that there is such an invitation."""
    taken, free = guest.invitation.public_id, "a" * 16
    _, _, another = make_token("invitation", "b" * 16, 1).partition(".")
    _, _, of_calendar = make_token("calendar", taken, 1).partition(".")
    pages = [
        Client().get(f"/i/{lookup}.{mac}/")
        for lookup in (taken, free)
        for mac in (another, of_calendar, "x" * 27)
    ]
    assert {page.status_code for page in pages} == {HTTPStatus.NOT_FOUND}
    assert len({told_by(page) for page in pages}) == 1
    assert f'href="{LOST}"' in pages[0].text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": Status.CANCELLED}, "This evening is canceled."),
        ({"status": Status.CLOSED}, "The evening is over."),
    ],
    ids=["cancelled", "over"],
)
def test_an_evening_that_is_no_more_says_so_first(
    fields: dict[str, str], words: str
) -> None:
    event = make_event(doors_at=timezone.now() - timedelta(days=2), **fields)
    guest = make_guest(event, answer=YES)
    client, page = browser_of(guest.invitation), page_of(guest.invitation)
    shown = client.get(page)
    assert shown.status_code == HTTPStatus.OK and words in shown.text
    assert "See you there" not in shown.text and "Show my pass" not in shown.text
    assert client.get(page_of(guest.invitation, "pass")).url == page
    refused = client.post(page_of(guest.invitation, "rsvp"), {"answer": NO})
    assert refused.status_code == HTTPStatus.GONE and words in refused.text
    guest.refresh_from_db()
    assert guest.answer == YES


def test_answers_that_are_closed_early_end_no_evening() -> None:
    guest = make_guest(make_event(status=Status.CLOSED), answer=YES)
    page = browser_of(guest.invitation).get(page_of(guest.invitation))
    assert "See you there" in page.text and "Answers are closed." in page.text
