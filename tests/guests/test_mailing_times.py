"""Mailings that wait for their time, and mailings that are stopped."""

from datetime import timedelta

import pytest

from events import letter_texts
from events.letter_texts import Words
from events.models import Event, Message
from guests import mailings
from guests.mailings import writing
from guests.models import Guest
from tests.factories import make_user
from tests.guests.factories import make_guest, make_invitation
from tests.guests.people import AT, NO, YES, say
from tests.guests.rounds import LATER, Kind, State, invited, plan


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
        said = {"title": "Invitation", "by": host, "at": AT}
        letter_texts.save(event, "invitation", words, **said)
        plan(event)
        letter_texts.save(event, "invitation", Words(), **said)
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
        monkeypatch.setattr(writing, "BATCH", 2)
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
