"""The letters that follow from an answer and from a freed seat, as they are read."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from events.models import Message
from guests import rsvp
from losers_lounge.links import make_token
from tests.factories import make_event
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.guests.people import AT, NO, WAITLISTED, YES, say
from tests.guests.test_letters import calendar_of, texts, written
from tests.mail_lint import faults

pytestmark = pytest.mark.django_db


def offer_to(names: tuple[str, ...] = (), **contact: object) -> EmailMessage:
    """The letter that offers the last seats to who waits for them."""
    event = make_event(capacity=1 + len(names), doors_at=AT + timedelta(days=9))
    sitting = make_guest(event, plus_ones=len(names))
    say(sitting, YES, *names)
    agent = make_contact(event, "Dana Fox", **contact)
    invitation = make_invitation(contact=agent, plus_ones=2)
    say(make_guest(name="Tina Fey", invitation=invitation), WAITLISTED, *names)
    say(sitting, NO)
    return written("offer")


def test_an_offer_says_until_when_and_what_happens_then() -> None:
    letter = offer_to()
    until = "Monday, September 2, 2013, 5:00 am PDT"
    assert until in letter["Subject"]
    for text in texts(letter):
        assert until in text
        assert "Tina Fey is next" in text
        assert "move to the end of the waiting list" in text
    assert "List-Unsubscribe" not in letter
    assert [faults(row) for row in Message.objects.filter(kind="offer")] == [[]]


def test_an_offer_for_a_party_says_how_many_seats() -> None:
    for text in texts(offer_to(("Ann", "Bob"))):
        assert "3 seats" in text


def test_an_assistant_takes_the_seat_on_their_own_page() -> None:
    letter = offer_to(is_assistant=True)
    plain, _html = texts(letter)
    contact = Message.objects.get(kind="offer").context["link"]["link"]
    assert make_token(*contact) in plain
    assert contact[0] == "contact"


def test_a_change_is_told_as_a_change_with_the_same_pass() -> None:
    guest = make_guest(name="Tina Fey", plus_ones=2)
    say(guest)
    rsvp.answer(guest.pk, rsvp.Reply(YES, plus_ones=["Jeff & Co"], unnamed=1), at=AT)
    letter = written("changed")
    plain, html = texts(letter)
    assert letter["Subject"].startswith("Changed:")
    assert make_token("pass", guest.public_id, 1) in plain
    assert (
        "Together with: Jeff & Co. And 1 person whose name you tell us later." in plain
    )
    assert "Jeff &amp; Co" in html
    assert "SEQUENCE:2" in calendar_of(letter)
    assert [faults(row) for row in Message.objects.filter(kind="changed")] == [[]]


def test_who_waits_is_told_with_whom() -> None:
    guest = make_guest(make_event(capacity=1), name="Tina Fey", plus_ones=1)
    say(make_guest(guest.event))
    say(guest, WAITLISTED, "Jeff")
    for text in texts(written("waitlisted")):
        assert "Tina Fey is on the waiting list. Together with: Jeff" in text


def test_a_no_asks_whether_they_changed_their_mind() -> None:
    say(make_guest(), NO)
    plain, html = texts(written("decline"))
    assert "Changed your mind?" in plain
    assert "Changed my mind" in html
