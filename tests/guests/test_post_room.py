"""The post room's pages: planning a mailing, and the board."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events.models import Event, Message
from guests.models import Invitation, Mailing
from guests.post_room import board
from tests.factories import make_event
from tests.guests.factories import (
    make_contact,
    make_guest,
    make_invitation,
    make_mailing,
)
from tests.guests.people import AT
from tests.guests.rounds import plan

pytestmark = pytest.mark.django_db


def url_of(event: Event, name: str, *args: Any) -> str:
    return reverse(f"guests:{name}", args=[event.slug, *args])


class TestPlanning:
    def test_the_figures_stand_there_before_the_press(
        self, host: Client, event: Event
    ) -> None:
        make_guest(event)
        invited = make_guest(event)
        Invitation.objects.filter(pk=invited.invitation_id).update(invited_at=AT)
        page = host.get(url_of(event, "mailing_new"))
        assert page.context["letters"] == 1
        assert page.context["left_out"] == [("Have it already", 1)]
        assert not event.messages.exists()

    def test_one_press_writes_and_the_same_press_again_does_not(
        self, host: Client, event: Event
    ) -> None:
        make_guest(event)
        url = url_of(event, "mailing_new") + "?letters=save_the_date"
        for _ in range(2):
            host.post(url, {"when": "now", "nonce": "n"})
        assert event.messages.get().kind == "save_the_date"
        assert event.mailings.get().state == Mailing.State.DONE

    @pytest.mark.parametrize(
        ("typed", "moment"),
        [
            ("2030-11-02T09:00", datetime(2030, 11, 2, 16, tzinfo=UTC)),
            ("2030-11-04T09:00", datetime(2030, 11, 4, 17, tzinfo=UTC)),
            ("2030-11-03T01:30", datetime(2030, 11, 3, 8, 30, tzinfo=UTC)),
        ],
    )
    def test_a_time_is_the_clock_of_the_events_zone(
        self, host: Client, event: Event, typed: str, moment: datetime
    ) -> None:
        """Before the clocks change, after, and in the hour that comes twice."""
        make_guest(event)
        form = {"when": "later", "send_at": typed, "nonce": "n"}
        host.post(url_of(event, "mailing_new"), form)
        assert event.mailings.get().send_at == moment
        assert not event.messages.exists()

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("2030-03-10T02:30", "The clocks skip this hour"),
            ("2013-09-01T09:00", "This time has passed"),
            ("", "Type the day and the time"),
            ("tomorrow", "takes a date and a time"),
        ],
    )
    def test_a_time_that_is_none_is_refused_in_words(
        self, host: Client, event: Event, typed: str, words: str
    ) -> None:
        make_guest(event)
        form = {"when": "later", "send_at": typed, "nonce": "n"}
        page = host.post(url_of(event, "mailing_new"), form)
        assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert words in page.text
        assert not event.mailings.exists()

    def test_an_event_that_is_not_open_is_told(
        self, host: Client, event: Event
    ) -> None:
        make_guest(event)
        Event.objects.update(status="draft")
        form = {"when": "now", "nonce": "n"}
        page = host.post(url_of(event, "mailing_new"), form)
        assert page.status_code == HTTPStatus.CONFLICT
        assert not event.mailings.exists()

    def test_a_planned_mailing_is_cancelled_from_the_board(
        self, host: Client, event: Event
    ) -> None:
        planned = make_mailing(event, send_at=timezone.now() + timedelta(hours=1))
        assert "Planned" in host.get(url_of(event, "messages")).text
        url = url_of(event, "mailing_cancel", planned.pk)
        assert "Canceled." in host.post(url, follow=True).text
        assert "Nothing to stop" in host.post(url, follow=True).text

    def test_a_foreign_mailing_is_not_there(self, host: Client, event: Event) -> None:
        other = make_mailing(make_event())
        page = host.post(url_of(event, "mailing_cancel", other.pk))
        assert page.status_code == HTTPStatus.NOT_FOUND


class TestBoard:
    def sent(self, event: Event, **fields: Any) -> Message:
        make_guest(event)
        plan(event)
        row = event.messages.latest("pk")
        Message.objects.filter(pk=row.pk).update(**fields)
        row.refresh_from_db()
        return row

    def test_a_failed_letter_shows_the_servers_words_and_goes_again(
        self, host: Client, event: Event
    ) -> None:
        row = self.sent(
            event,
            state="failed",
            last_error="refused rcpt 5.1.1",
            server_words="No such user here",
        )
        page = host.get(url_of(event, "messages"))
        assert "No such user here" in page.text
        assert "Fix the address" in page.text
        host.post(url_of(event, "message_again", row.pk))
        row.refresh_from_db()
        assert row.state == Message.State.QUEUED

    def test_a_letter_that_arrived_does_not_go_again(
        self, host: Client, event: Event
    ) -> None:
        row = self.sent(event, state="sent", sent_at=AT)
        page = host.post(url_of(event, "message_again", row.pk), follow=True)
        assert "Nothing was sent" in page.text
        row.refresh_from_db()
        assert row.state == Message.State.SENT

    def test_kind_and_state_narrow_the_board_and_live_in_the_address(
        self, host: Client, event: Event
    ) -> None:
        sent = self.sent(event, state="sent", sent_at=AT)
        failed = self.sent(event, state="failed", last_error="refused")
        url = url_of(event, "messages")

        def shown(**query: str) -> list[int]:
            letters = host.get(url, query).context["letters"]
            return [letter.message.pk for letter in letters]

        assert shown(state="failed") == [failed.pk]
        assert shown(state="sent", kind="invitation") == [sent.pk]
        assert shown(kind="reminder") == []
        assert shown(kind="nonsense", state="nowhere") == [failed.pk, sent.pk]

    def test_every_kind_of_letter_there_is_has_words(self) -> None:
        folders = Path(settings.BASE_DIR, "templates").glob("*/email")
        found = {
            file.name.partition(".")[0]
            for folder in folders
            if folder.parent.name in ("guests", "donations")
            for file in folder.glob("*.subject.txt")
        }
        # A void receipt's letter goes as the receipt that it takes back.
        assert found - {"receipt_void"} <= set(board.KIND_WORDS)

    def test_with_people_waiting_it_does_not_ask_for_people(
        self, host: Client, event: Event
    ) -> None:
        make_guest(event)
        nowhere = make_contact(event, "Bob", email="")
        make_guest(event, invitation=make_invitation(event, nowhere))
        page = host.get(url_of(event, "messages"))
        assert page.context["waves"] == [(1, 1)]
        assert "Put people on the list first" not in page.content.decode()

    def test_what_moves_finds_its_own_places_on_an_open_page(
        self, host: Client, event: Event
    ) -> None:
        """What was chosen stays as it is; only figures and rows move."""
        self.sent(event)
        whole = host.get(url_of(event, "messages")).text
        moving = host.get(url_of(event, "message_progress")).text
        assert whole.count('id="post-rows"') == whole.count('name="kind"') == 1
        assert 'id="post-rows" hx-swap-oob="true"' in moving
        assert 'name="kind"' not in moving and "hx-swap-oob" not in whole

    def test_letters_that_go_by_themselves_stand_apart(
        self, host: Client, event: Event
    ) -> None:
        groups = host.get(url_of(event, "messages")).context["letter_groups"]
        sent, follow = [[kind for kind, _ in letters] for _, letters in groups]
        assert "invitation" in sent and "win" in follow

    def test_mail_is_held_and_let_go(self, host: Client, event: Event) -> None:
        row = self.sent(event)
        host.post(url_of(event, "mail_hold"))
        row.refresh_from_db()
        assert row.state == Message.State.HELD
        assert "evening is on hold" in host.get(url_of(event, "messages")).text
        host.post(url_of(event, "mail_release"))
        row.refresh_from_db()
        assert row.state == Message.State.QUEUED

    def test_planning_costs_the_same_for_five_and_for_fifty(
        self,
        host: Client,
        event: Event,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for size in (5, 45):
            for _ in range(size):
                make_guest(event)
            with django_assert_max_num_queries(9):
                host.get(url_of(event, "mailing_new"))
