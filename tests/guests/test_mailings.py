"""Mailings: whoever fits gets one letter, and who does not is counted."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from events import suppression
from events.models import Event
from guests import mailings, reach
from guests.mailings import writing
from guests.models import Invitation
from tests.donations.factories import make_donation, stray_entry
from tests.factories import make_event, make_nominee
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.guests.people import AT, NO, YES
from tests.guests.rounds import LATER, Kind, State, invited, plan, written_to
from tests.mail_lint import faults, parsed


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
        assert "as of Sunday, September 1, 2013, 5:00 am PDT" in text
        assert "less refunds and disputes, before fees" in text

    def test_every_thanks_of_a_mailing_states_the_same_total(
        self, event: Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(writing, "BATCH", 1)
        for _ in range(3):
            invited(event, answer=YES)
        mailings.write(plan(event, Kind.THANKS).pk, LATER)
        totals = [row.context["total"] for row in event.messages.all()]
        assert len(totals) == 3
        assert all(total == totals[0] for total in totals)

    def test_one_letter_is_one_letter_in_the_log(self, event: Event) -> None:
        make_guest(event)
        plan(event)
        verbs = event.activities.values_list("verb", flat=True)
        assert list(verbs) == ["sent 1 letter"]

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
        assert mailings.plan_for(event, Kind.INVITATION, ids, nonce="a", **press) == 1
        assert mailings.plan_for(event, Kind.INVITATION, ids, nonce="a", **press) == 1
        assert mailings.plan_for(event, Kind.INVITATION, ids, nonce="b", **press) == 0
        assert written_to(event, "invitation") == {chosen.invitation.about}

    def test_chosen_guests_are_reminded_unless_they_answered(
        self, event: Event
    ) -> None:
        silent, coming = invited(event), invited(event, answer=YES)
        ids, press = [silent.pk, coming.pk], {"by": "test", "at": AT, "nonce": "a"}
        assert mailings.plan_for(event, Kind.REMINDER, ids, **press) == 1
        assert written_to(event, "reminder") == {silent.invitation.about}


@pytest.mark.django_db
class TestDigests:
    def test_an_assistant_gets_one_letter_naming_all(
        self, event: Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(writing, "BATCH", 2)
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
def test_a_batch_costs_the_same_for_five_and_for_fifty(
    event: Event, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for size in (5, 45):
        for _ in range(size):
            invited(event, nominee=make_nominee(event))
        with django_assert_max_num_queries(34):
            plan(event, Kind.REMINDER)
