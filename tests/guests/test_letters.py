"""What guests read: every letter, written out as its reader would see it."""

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.conf import settings
from django.urls import reverse

from events import mail
from events.models import Event, Message
from guests import invitations, letters
from guests.models import Obligation
from guests.obligations import Brought
from losers_lounge.links import make_token
from tests.factories import make_event
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.guests.people import AT, NO, WAITLISTED, YES, say
from tests.guests.test_payments import make_winner

pytestmark = pytest.mark.django_db


def read(message: Message) -> EmailMessage:
    return message_from_bytes(mail.render(message), policy=policy.default)


def written(kind: str) -> EmailMessage:
    return read(Message.objects.get(kind=kind))


def texts(letter: EmailMessage) -> tuple[str, str]:
    plain = letter.get_body(("plain",)).get_content()
    return plain, letter.get_body(("html",)).get_content()


def calendar_of(letter: EmailMessage) -> str:
    (part,) = (p for p in letter.walk() if p.get_content_type() == "text/calendar")
    return part.get_content()


@pytest.fixture
def event(db: None) -> Event:
    return make_event(name="Losers & Lounge", welcome="Lose <with> us.")


def test_an_invitation_says_who_when_where_and_the_deal(event: Event) -> None:
    guest = make_guest(event, name="Tina Fey", plus_ones=1)
    invitations.send(event.pk, by="test", at=AT)
    letter = written("invitation")
    link = make_token("invitation", guest.invitation.public_id, 1)
    assert letter["Subject"] == "You are invited: Losers & Lounge"
    assert letter["To"].addresses[0].addr_spec == guest.invitation.contact.email
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for text in texts(letter):
        for words in ("Tina Fey", "Soho House", "$1,000.00", link, "Worldwide Orphans"):
            assert words in text
    plain, html = texts(letter)
    assert "Lose <with> us." in plain
    assert "Lose &lt;with&gt; us." in html
    assert "METHOD:PUBLISH" in calendar_of(letter)


def test_an_evening_without_named_hosts_invites_in_the_first_person() -> None:
    """ "Gala would love your company at Gala" is what no host would say."""
    event = make_event(name="Gala", hosted_by="")
    make_guest(event)
    invitations.send(event.pk, by="test", at=AT)
    for text in texts(written("invitation")):
        assert "We would love your company at Gala." in text


@pytest.mark.parametrize("is_assistant", [False, True])
def test_a_calendar_passed_on_opens_nothing(event: Event, is_assistant: bool) -> None:
    """Calendars are shared: the entry names the page, which needs the cookie."""
    contact = make_contact(event, is_assistant=is_assistant)
    guest = make_guest(invitation=make_invitation(contact=contact))
    invitations.send(event.pk, by="test", at=AT)
    say(guest)
    for kind in ("invitation", "confirmation"):
        entry = calendar_of(written(kind)).replace("\r\n ", "").replace("\n ", "")
        for row, purpose in ((contact, "contact"), (guest.invitation, "invitation")):
            token = make_token(purpose, row.public_id, row.link_version)
            assert token.partition(".")[2] not in entry
        name = "contact" if is_assistant else "invitation"
        row = contact if is_assistant else guest.invitation
        page = reverse(f"guests:{name}", args=[row.public_id])
        assert entry.count(f"URL:{settings.SITE_URL}{page}") == 1


def test_an_assistant_is_greeted_and_told_for_whom(event: Event) -> None:
    agent = make_contact(event, "Dana Fox")
    make_guest(name="Merritt Wever", invitation=make_invitation(contact=agent))
    invitations.send(event.pk, by="test", at=AT)
    for text in texts(written("invitation")):
        assert "Dear Dana Fox" in text
        assert "Merritt Wever" in text


def test_a_yes_brings_pass_and_calendar(event: Event) -> None:
    guest = say(make_guest(event, name="Tina Fey", plus_ones=1), YES, "Jeff & Co")
    letter = written("confirmation")
    plain, html = texts(letter)
    assert make_token("pass", guest.public_id, 1) in plain
    assert "Jeff & Co" in plain
    assert "Jeff &amp; Co" in html
    drawing, code = (p for p in letter.walk() if p.get_content_maintype() == "image")
    for picture in (drawing, code):
        assert f"cid:{picture['Content-ID'].strip('<>')}" in html
    assert "SEQUENCE:1" in calendar_of(letter)
    assert "List-Unsubscribe" not in letter


def test_a_no_cancels_the_same_entry(event: Event) -> None:
    guest = make_guest(event)
    say(guest)
    say(guest, NO)
    entry = calendar_of(written("decline"))
    assert "METHOD:CANCEL" in entry
    assert f"UID:invitation-{guest.invitation.public_id}" in entry
    assert "SEQUENCE:2" in entry


@pytest.mark.parametrize("kind", ["waitlisted", "link", "win", "loss"])
def test_every_other_letter_leads_to_the_invitation(event: Event, kind: str) -> None:
    guest = make_winner(event, name="Tina Fey")
    row = guest.invitation
    if kind == "waitlisted":
        say(guest, WAITLISTED)
    elif kind == "link":
        letters.post([letters.lost_link(row, guest, "2013092212")], AT)
    elif kind == "win":
        letters.post(letters.wins(Obligation.objects.all()), AT)
    else:
        letters.post(letters.losses([guest]), AT)
    letter = written(kind)
    for text in texts(letter):
        assert make_token("invitation", row.public_id, 1) in text
        assert "Tina Fey" in text


def test_a_winner_is_told_why_and_how_much(event: Event) -> None:
    guest = make_winner(event)
    letters.post(letters.wins(guest.obligations.all()), AT)
    letter = written("win")
    assert letter["Subject"] == "We're sorry about your win"
    for text in texts(letter):
        assert "$1,000.00" in text
        assert "due once." in text


def test_who_said_no_is_not_told_to_come_on_in(event: Event) -> None:
    people = [make_guest(event, answer=answer) for answer in (YES, NO, "waiting")]
    drafts = letters.losses(people)
    assert [draft.about for draft in drafts] == [
        people[0].invitation.about,
        people[2].invitation.about,
    ]


@pytest.mark.parametrize(
    "name", ["Tina\r\nBcc: all@example.com", "{{ event }}{% now 'Y' %}", "<b>Tina</b>"]
)
def test_a_name_is_text_in_every_part_of_a_letter(event: Event, name: str) -> None:
    contact = make_contact(event, name)
    make_guest(name=name, invitation=make_invitation(contact=contact))
    invitations.send(event.pk, by="test", at=AT)
    letter = written("invitation")
    assert letter["Bcc"] is None
    assert len(letter["To"].addresses) == 1
    assert "<b>Tina" not in texts(letter)[1]
    if "{" in name:
        assert name in texts(letter)[0]


def test_nobody_without_an_address_is_written_to(event: Event) -> None:
    contact = make_contact(event, email="")
    guest = make_guest(invitation=make_invitation(contact=contact))
    assert letters.post(letters.losses([guest]), AT) == 0


def test_a_letter_is_written_once_however_often_it_is_owed(event: Event) -> None:
    guest = make_guest(event)
    assert letters.post(letters.losses([guest]), AT) == 1
    assert letters.post(letters.losses([guest]), AT) == 0


@pytest.mark.parametrize(
    ("invited_at", "answer", "letters_made"),
    [(AT, "waiting", 1), (None, YES, 1), (None, "waiting", 0)],
)
def test_who_has_not_heard_of_us_reads_of_a_win_in_the_invitation(
    event: Event, invited_at: datetime | None, answer: str, letters_made: int
) -> None:
    guest = make_winner(event, answer=answer)
    guest.invitation.invited_at = invited_at
    guest.invitation.save()
    fallen = guest.obligations.select_related("guest__invitation__contact")
    assert len(letters.fresh_wins(Brought(tuple(fallen)))) == letters_made


def test_a_new_price_of_an_old_win_is_no_news(event: Event) -> None:
    row = make_winner(event, answer=YES).obligations.get()
    assert letters.fresh_wins(Brought((row,), (row,), (row,))) == []
