"""Mailings: whoever fits gets one letter, whatever happens to who writes it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import DatabaseError
from pytest_django import DjangoAssertNumQueries

from events import letter_texts, suppression
from events.letter_texts import Words
from events.models import Event, Message
from events.outbox import Draft
from guests import letters, mailings, reach
from guests.models import Guest, Invitation, Mailing
from tests.donations.factories import make_donation, stray_entry
from tests.factories import make_event, make_nominee, make_user
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.guests.people import AT, NO, YES, say
from tests.mail_lint import faults, parsed
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

Kind, State = Mailing.Kind, Mailing.State
LATER = AT + timedelta(hours=3)


def plan(event: Event, kind: str = Kind.INVITATION, **options: Any) -> Mailing:
    asked = {"at": AT, "by": "test", "nonce": uuid4().hex} | options
    return mailings.plan(event, kind, asked.pop("audience", {}), **asked)


def invited(event: Event, **fields: Any) -> Guest:
    guest = make_guest(event, **fields)
    Invitation.objects.filter(pk=guest.invitation_id).update(invited_at=AT)
    guest.invitation.refresh_from_db()
    return guest


def written_to(event: Event, kind: str) -> set[str]:
    return set(event.messages.filter(kind=kind).values_list("about", flat=True))


@pytest.mark.django_db
class TestWhoGetsWhat:
    def test_a_reminder_goes_to_who_was_invited_and_has_not_answered(
        self, event: Event
    ) -> None:
        silent = invited(event)
        invited(event, answer=YES)
        invited(event, answer=NO)
        make_guest(event)
        invited(event, removed_at=AT)
        assert plan(event, Kind.REMINDER).written == 1
        assert written_to(event, "reminder") == {silent.invitation.about}

    def test_of_a_household_only_who_is_silent_is_named(self, event: Event) -> None:
        row = make_invitation(event, invited_at=AT)
        make_guest(name="Ann", invitation=row, answer=YES)
        make_guest(name="Bob", invitation=row)
        plan(event, Kind.REMINDER)
        assert event.messages.get().context["guest_names"] == ["Bob"]

    def test_reasons_are_counted_before_the_press(self, event: Event) -> None:
        invited(event)
        invited(event, answer=YES)
        make_guest(event)
        quiet = invited(event)
        suppression.suppress(quiet.invitation.contact.email, AT)
        nowhere = make_contact(event, email="")
        make_guest(invitation=make_invitation(contact=nowhere, invited_at=AT))
        measured = reach.measure(event.invitations.all(), Kind.REMINDER)
        assert measured.letters == 1
        assert measured.left_out == {
            "no_address": 1,
            "unsubscribed": 1,
            "not_invited": 1,
            "answered": 1,
        }
        assert plan(event, Kind.REMINDER).written == 1

    def test_details_bring_a_pass_to_who_is_coming(self, event: Event) -> None:
        coming, waiting = invited(event, answer=YES), invited(event)
        invited(event, answer=NO)
        assert plan(event, Kind.DETAILS).written == 2
        first, second = event.messages.order_by("pk")
        assert first.context["qr"] == {"link": ["pass", coming.public_id, 1]}
        assert "qr" not in second.context
        assert second.about == waiting.invitation.about

    def test_a_save_the_date_comes_once_and_before_the_invitation(
        self, event: Event
    ) -> None:
        make_guest(event)
        invited(event)
        assert plan(event, Kind.SAVE_THE_DATE).written == 1
        assert plan(event, Kind.SAVE_THE_DATE).written == 0

    def test_a_second_reminder_is_another_mailing(self, event: Event) -> None:
        invited(event)
        assert [plan(event, Kind.REMINDER).written for _ in range(2)] == [1, 1]

    @pytest.mark.parametrize("status", ["open", "closed"])
    def test_thanks_are_said_after_the_event_too(self, status: str) -> None:
        event = make_event(status=status, doors_at=AT - timedelta(days=2))
        invited(event, answer=YES)
        invited(event, answer=NO)
        assert plan(event, Kind.THANKS).written == 1
        assert event.messages.get().context["standing"] == "friend"

    @pytest.mark.parametrize("kind", [k for k in Kind if k != Kind.THANKS])
    def test_a_closed_event_sends_nothing_else(self, kind: str) -> None:
        event = make_event(status="closed")
        with pytest.raises(mailings.EventNotOpen):
            plan(event, kind)
        assert not event.mailings.exists()

    def test_nobody_is_reminded_when_answers_are_closed(self, event: Event) -> None:
        invited(event)
        Event.objects.update(rsvp_deadline_at=AT + timedelta(hours=1))
        with pytest.raises(mailings.EventNotOpen):
            plan(event, Kind.REMINDER, send_at=LATER)
        assert plan(event, Kind.REMINDER).written == 1

    def test_thanks_state_the_total_with_its_scope_and_time(self, event: Event) -> None:
        invited(event, answer=YES)
        money = {"kind": "charge", "gross_cents": 123_400, "net_cents": 123_400}
        stray_entry(event=event, donation=make_donation(event), **money)
        plan(event, Kind.THANKS)
        letter = event.messages.get()
        assert faults(letter) == []
        text = parsed(letter).get_body(["plain"]).get_content()
        assert "One gift raised $1,234.00 for Worldwide Orphans Foundation" in text
        assert "as of Sunday 1 September 2013, 5:00 am PDT" in text
        assert "before refunds and fees" in text

    def test_every_thanks_of_a_mailing_states_the_same_total(
        self, event: Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mailings, "BATCH", 1)
        for _ in range(3):
            invited(event, answer=YES)
        mailings.write(plan(event, Kind.THANKS).pk, LATER)
        totals = [row.context["total"] for row in event.messages.all()]
        assert len(totals) == 3
        assert all(total == totals[0] for total in totals)

    def test_a_wave_is_released_alone(self, event: Event) -> None:
        first, second = make_guest(event), make_guest(event)
        Invitation.objects.filter(pk=second.invitation_id).update(wave=2)
        plan(event, audience={"wave": "2"}, wave=2)
        assert written_to(event, "invitation") == {second.invitation.about}
        plan(event, audience={"wave": "1"})
        assert first.invitation.about in written_to(event, "invitation")

    def test_chosen_guests_are_invited_once(self, event: Event) -> None:
        chosen, _other = make_guest(event), make_guest(event)
        make_guest(make_event())
        ids = [chosen.pk, 10**9]
        press = {"by": "test", "at": AT}
        assert mailings.invite(event, ids, nonce="a", **press) == 1
        assert mailings.invite(event, ids, nonce="a", **press) == 1
        assert mailings.invite(event, ids, nonce="b", **press) == 0
        assert written_to(event, "invitation") == {chosen.invitation.about}

    def test_chosen_guests_are_reminded_unless_they_answered(
        self, event: Event
    ) -> None:
        silent, coming = invited(event), invited(event, answer=YES)
        ids = [silent.pk, coming.pk]
        assert mailings.remind(event, ids, by="test", at=AT, nonce="a") == 1
        assert written_to(event, "reminder") == {silent.invitation.about}


@pytest.mark.django_db
class TestDigests:
    def test_an_assistant_gets_one_letter_naming_all(
        self, event: Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mailings, "BATCH", 2)
        agent = make_contact(event, "Dana", is_assistant=True, wants_digest=True)
        for name in ("Ann", "Bob", "Cem", "Deb", "Eve"):
            make_guest(name=name, invitation=make_invitation(contact=agent))
            make_guest(event)
        made = plan(event)
        assert made.total == 6
        mailings.write(made.pk, AT)
        digest = event.messages.get(about=agent.about)
        assert digest.context["guest_names"] == ["Ann", "Bob", "Cem", "Deb", "Eve"]
        link = ["contact", agent.public_id, 1]
        assert digest.context["link"] == {"link": link}
        assert event.messages.count() == 6
        assert not event.invitations.filter(invited_at=None).exists()
        made.refresh_from_db()
        assert (made.written, made.state) == (6, State.DONE)

    def test_a_guest_she_gets_later_makes_another_letter(self, event: Event) -> None:
        agent = make_contact(event, is_assistant=True, wants_digest=True)
        for name in ("Ann", "Bob"):
            make_guest(name=name, invitation=make_invitation(contact=agent))
            plan(event)
        found = event.messages.order_by("pk")
        assert [row.context["guest_names"] for row in found] == [["Ann"], ["Bob"]]

    def test_an_assistant_without_a_digest_is_led_to_her_page(
        self, event: Event
    ) -> None:
        agent = make_contact(event, is_assistant=True)
        make_guest(invitation=make_invitation(contact=agent))
        plan(event)
        assert event.messages.get().context["link"]["link"][0] == "contact"


@pytest.mark.django_db
class TestTime:
    def test_what_is_planned_waits_for_its_time(self, event: Event) -> None:
        make_guest(event)
        made = plan(event, send_at=LATER)
        assert (made.state, made.total) == (State.PLANNED, 1)
        assert mailings.write_due(LATER - timedelta(seconds=1)) == 0
        assert mailings.write_due(LATER) == 1
        assert mailings.write_due(LATER) == 0

    def test_who_comes_before_the_time_is_written_to_as_well(
        self, event: Event
    ) -> None:
        plan(event, send_at=LATER)
        make_guest(event)
        assert mailings.write_due(LATER) == 1

    def test_who_answers_before_the_time_is_not_reminded(self, event: Event) -> None:
        guest = invited(event)
        plan(event, Kind.REMINDER, send_at=LATER)
        Guest.objects.filter(pk=guest.pk).update(answer=YES, answered_at=AT)
        assert mailings.write_due(LATER) == 0

    def test_who_answers_before_it_leaves_has_the_reminder_taken_back(
        self, event: Event
    ) -> None:
        row = make_invitation(event, invited_at=AT)
        ann, bob = (make_guest(name=name, invitation=row) for name in ("Ann", "Bob"))
        plan(event, Kind.REMINDER)
        reminder = event.messages.filter(kind="reminder")
        say(ann, NO)
        assert reminder.get().state == Message.State.QUEUED
        say(bob, NO)
        assert reminder.get().state == Message.State.SUPPRESSED

    def test_an_event_that_is_no_longer_open_waits_with_its_mailing(
        self, event: Event
    ) -> None:
        make_guest(event)
        plan(event, send_at=LATER)
        Event.objects.filter(pk=event.pk).update(status="draft")
        assert mailings.write_due(LATER) == 0
        Event.objects.filter(pk=event.pk).update(status="open")
        assert mailings.write_due(LATER) == 1

    def test_the_words_of_the_hour_are_frozen_into_the_letter(
        self, event: Event
    ) -> None:
        host = make_user()
        make_guest(event, name="Ann [amount]")
        words = Words("For [name]", "Dear [Name],\n\n[hosts] wait. [amount]")
        letter_texts.save(event, "invitation", words, by=host, at=AT)
        plan(event)
        letter_texts.save(event, "invitation", Words(), by=host, at=AT)
        assert event.messages.get().context["words"] == {
            "subject": "For Ann [amount]",
            "body": "Dear Ann [amount],\n\nAmy Poehler and Jon Hamm wait. $1,000.00",
        }


@pytest.mark.django_db
class TestCancelling:
    def test_a_planned_mailing_is_cancelled_and_writes_nothing(
        self, event: Event
    ) -> None:
        make_guest(event)
        made = plan(event, send_at=LATER)
        assert mailings.cancel(made.pk, by=make_user(), at=AT) == 0
        assert mailings.write_due(LATER) == 0

    def test_half_of_it_is_taken_back_and_can_be_sent_again(
        self, event: Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mailings, "BATCH", 2)
        for _ in range(5):
            make_guest(event)
        made = plan(event)
        left = event.messages.first()
        Message.objects.filter(pk=left.pk).update(state="sent", sent_at=AT)
        assert mailings.cancel(made.pk, by=make_user(), at=AT) == 1
        assert mailings.write_due(AT) == 0
        again = plan(event)
        mailings.write(again.pk, AT)
        again.refresh_from_db()
        assert again.written == 4
        assert event.messages.exclude(state="suppressed").count() == 5

    def test_what_is_written_is_taken_back_until_it_leaves(self, event: Event) -> None:
        make_guest(event)
        make_guest(event)
        made = plan(event)
        left = event.messages.first()
        Message.objects.filter(pk=left.pk).update(state="sent", sent_at=AT)
        assert mailings.cancel(made.pk, by=make_user(), at=AT) == 1
        assert event.invitations.filter(invited_at=None).count() == 1

    def test_what_has_left_is_not_cancelled(self, event: Event) -> None:
        make_guest(event)
        made = plan(event)
        event.messages.update(state="sent", sent_at=AT)
        with pytest.raises(mailings.Begun):
            mailings.cancel(made.pk, by=make_user(), at=AT)


@pytest.mark.django_db
def test_a_batch_costs_the_same_for_five_and_for_fifty(
    event: Event, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for size in (5, 45):
        for _ in range(size):
            invited(event, nominee=make_nominee(event))
        with django_assert_max_num_queries(34):
            plan(event, Kind.REMINDER)


@pytest.mark.django_db(transaction=True)
def test_killed_after_any_batch_nobody_is_forgotten_and_nobody_gets_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A batch that dies leaves nothing; what was written before it stays."""
    event = make_event()
    for _ in range(10):
        make_guest(event)
    monkeypatch.setattr(mailings, "BATCH", 3)
    post, deaths = letters.post, iter([False, True, False, True, True, False])

    def post_or_die(drafts: list[Draft], at: Any) -> int:
        made = post(drafts, at)
        if next(deaths, False):
            raise DatabaseError("the power went")
        return made

    made = plan(event, send_at=LATER)
    with patch.object(letters, "post", post_or_die):
        for _ in range(4):
            try:
                mailings.write_due(LATER)
            except DatabaseError:
                continue
    made.refresh_from_db()
    assert (made.state, made.written) == (State.DONE, 10)
    assert len(written_to(event, "invitation")) == 10
    assert event.messages.count() == 10


def two_beats_race() -> None:
    event = make_event()
    for _ in range(6):
        invited(event)
    plan(event, Kind.REMINDER, send_at=LATER)
    at_the_same_moment(3, lambda _: mailings.write_due(LATER))
    assert event.messages.count() == 6
    assert event.mailings.get().written == 6
    assert event.activities.filter(verb__startswith="sent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_write_each_letter_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mailings, "BATCH", 2)
    two_beats_race()


@pytest.mark.django_db(transaction=True)
def test_the_locks_alone_would_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen without the outbox's own defence, a key that is the same both times."""
    write = letters.mailing

    def write_under_new_keys(*args: Any) -> list[Draft]:
        return [replace(row, dedupe_key=uuid4().hex) for row in write(*args)]

    monkeypatch.setattr(letters, "mailing", write_under_new_keys)
    two_beats_race()
    seen_to_fail_without_lock(two_beats_race, Event, Mailing)


def one_press_twice_race() -> None:
    event = make_event()
    for _ in range(4):
        invited(event)
    nonce = uuid4().hex
    at_the_same_moment(3, lambda _: plan(event, Kind.REMINDER, nonce=nonce))
    assert event.mailings.count() == 1
    assert event.messages.count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_press_that_is_repeated_is_one_mailing() -> None:
    one_press_twice_race()
