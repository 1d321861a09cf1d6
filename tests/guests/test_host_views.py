"""A host's rooms: one guest, by hand, their link; letters; overview; the log."""

from http import HTTPStatus

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from events.models import Event, Message
from guests import invitations, obligations
from guests.models import Guest
from tests.factories import make_category, make_event, make_nomination, make_nominee
from tests.guests.factories import make_guest
from tests.guests.people import AT, NO, YES, browser_of, page_of, say, token_of

pytestmark = pytest.mark.django_db


def url_of(event: Event, name: str, *more: object) -> str:
    return reverse(f"guests:{name}", args=[event.slug, *more])


class TestOneGuest:
    def test_the_page_shows_answer_nominations_link_and_letters(
        self, host: Client, event: Event
    ) -> None:
        nominee = make_nominee(event)
        make_nomination(make_category(event, "Outstanding Loser"), nominee)
        guest = make_guest(event, name="Tina Fey", nominee=nominee, plus_ones=1)
        say(guest, YES, "Ann")
        page = host.get(url_of(event, "guest_detail", guest.pk))
        assert "Outstanding Loser" in page.text
        assert f"http://testserver/i/{token_of(guest.invitation)}/" in page.text
        assert "See you there" in page.text

    def test_a_plus_one_is_not_shown_as_who_brought_them(
        self, host: Client, event: Event
    ) -> None:
        nominee = make_nominee(event)
        make_nomination(make_category(event, "Outstanding Loser"), nominee)
        guest = make_guest(event, name="Tina Fey", nominee=nominee, plus_ones=1)
        say(guest, YES, "Ann")
        friend = guest.plus_one_guests.get()
        page = host.get(url_of(event, "guest_detail", friend.pk))
        assert "brought by" in page.text and "Tina Fey" in page.text
        assert "Outstanding Loser" not in page.text

    @pytest.mark.parametrize("number", [0, 10**29, 9_223_372_036_854_775_808])
    def test_a_number_of_nobody_is_not_there(
        self, host: Client, event: Event, number: int
    ) -> None:
        for name in ("guest_detail", "import_detail"):
            response = host.get(url_of(event, name, number))
            assert response.status_code == HTTPStatus.NOT_FOUND
        for name in ("link_rotate", "import_apply"):
            response = host.post(url_of(event, name, number))
            assert response.status_code == HTTPStatus.NOT_FOUND

    def test_a_guest_of_another_event_is_not_there(
        self, host: Client, event: Event
    ) -> None:
        other = make_guest(make_event())
        response = host.get(url_of(event, "guest_detail", other.pk))
        assert response.status_code == HTTPStatus.NOT_FOUND
        response = host.post(url_of(event, "link_rotate", other.pk))
        assert response.status_code == HTTPStatus.NOT_FOUND

    def test_a_retired_link_is_replaced_by_the_one_shown(
        self, host: Client, event: Event
    ) -> None:
        guest = make_guest(event)
        old = token_of(guest.invitation)
        host.post(url_of(event, "link_rotate", guest.pk))
        guest.invitation.refresh_from_db()
        assert Client().get(f"/i/{old}/").status_code == HTTPStatus.GONE
        client = browser_of(guest.invitation)
        page = client.get(page_of(guest.invitation))
        assert page.status_code == HTTPStatus.OK
        assert event.activities.get().verb == "retired a link"


class TestByHand:
    def add(self, host: Client, event: Event, **fields: str) -> HttpResponse:
        data = {"name": "Tina Fey", "email": "", "plus_ones": "1", "tags": ""}
        return host.post(url_of(event, "guest_new"), data | fields)

    def test_a_person_is_put_on_the_list(self, host: Client, event: Event) -> None:
        response = self.add(host, event, tags="host, friend", vip="on")
        assert response.status_code == HTTPStatus.FOUND
        guest = event.guests.get()
        assert (guest.tags, guest.is_vip) == (["host", "friend"], True)
        assert guest.invitation.plus_ones == 1

    def test_the_same_person_again_is_told(self, host: Client, event: Event) -> None:
        self.add(host, event)
        response = self.add(host, event, name="TINA FEY")
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "on the list already" in response.text
        assert event.guests.count() == 1

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "\u200b"),
            ("name", "x" * 201),
            ("name", "\u0958" * 150),
            ("name", "Ti\0na"),
            ("email", "tina@"),
            ("email", "a" * 250 + "@example.com"),
            ("email", "t@example.com\r\nBcc: all@example.com"),
            ("plus_ones", "-1"),
            ("plus_ones", "99"),
            ("plus_ones", "٣"),
            ("plus_ones", ""),
            ("tags", "x" * 201),
        ],
        ids=range(13),
    )
    def test_nonsense_is_told_and_the_rest_is_kept(
        self, host: Client, event: Event, field: str, value: str
    ) -> None:
        response = self.add(host, event, **{"name": "Kept & Co", field: value})
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert response.context["form"].errors
        assert not event.guests.exists()
        if field != "name":
            assert 'value="Kept &amp; Co"' in response.text


class TestLetters:
    def test_one_press_writes_to_everybody_once(
        self, host: Client, event: Event
    ) -> None:
        for _ in range(3):
            make_guest(event)
        for _ in range(2):
            response = host.post(url_of(event, "invitations_send"))
            assert response["Location"] == url_of(event, "messages")
        assert event.messages.count() == 3
        page = host.get(url_of(event, "messages"))
        assert page.context["waiting_to_be_sent"] == 0

    def test_a_draft_sends_nothing_and_says_why(
        self, host: Client, event: Event
    ) -> None:
        make_guest(event)
        Event.objects.update(status="draft")
        response = host.post(url_of(event, "invitations_send"), follow=True)
        assert "Nothing was sent: open the event" in response.text
        assert not Message.objects.exists()

    def test_who_has_no_address_is_counted(self, host: Client, event: Event) -> None:
        guest = make_guest(event)
        guest.invitation.contact.email = ""
        guest.invitation.contact.save()
        page = host.get(url_of(event, "messages"))
        assert "1 guest has no address" in page.text

    def test_letters_are_walked_from_the_newest(
        self, host: Client, event: Event
    ) -> None:
        for _ in range(60):
            make_guest(event)
        invitations.send(event.pk, by="test", at=AT)
        url, seen = url_of(event, "messages"), []
        context = host.get(url).context
        while True:
            seen += [letter.message.pk for letter in context["letters"]]
            if not context["next_url"]:
                break
            context = host.get(url + context["next_url"]).context
        assert seen == sorted(event.messages.values_list("pk", flat=True))[::-1]

    @pytest.mark.parametrize("before", ["-1", "abc", "²", "9" * 40, "0"])
    def test_a_place_that_is_none_is_harmless(
        self, host: Client, event: Event, before: str
    ) -> None:
        response = host.get(url_of(event, "messages"), {"before": before})
        assert response.status_code == HTTPStatus.OK

    def test_the_page_costs_the_same_for_five_and_for_fifty(
        self,
        host: Client,
        event: Event,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for size in (5, 45):
            for _ in range(size):
                make_guest(event)
            invitations.send(event.pk, by="test", at=AT)
            with django_assert_max_num_queries(14):
                host.get(url_of(event, "messages"))

    def test_the_bar_moves_until_all_is_done(self, host: Client, event: Event) -> None:
        make_guest(event)
        invitations.send(event.pk, by="test", at=AT)
        moving = host.get(url_of(event, "message_progress"))
        assert "every 2s" in moving.text
        event.messages.update(state="sent", sent_at=AT)
        assert "every 2s" not in host.get(url_of(event, "message_progress")).text


class TestOverview:
    def test_everybody_on_the_team_sees_the_figures(
        self, host: Client, door: Client, finance: Client, event: Event
    ) -> None:
        say(make_guest(event, name="Tina Fey"))
        for client in (host, door, finance):
            page = client.get(url_of(event, "overview"))
            assert page.context["seats"].heads == 1
        assert "Tina Fey" in host.get(url_of(event, "overview")).text

    def test_only_hosts_see_who_did_what(
        self, door: Client, finance: Client, event: Event
    ) -> None:
        say(make_guest(event, name="Tina Fey"), NO)
        for client in (door, finance):
            assert "Tina Fey" not in client.get(url_of(event, "overview")).text

    @pytest.mark.parametrize(
        "name", ["guest_list", "guest_new", "import", "messages", "nominations"]
    )
    def test_the_list_is_for_hosts_alone(
        self, door: Client, finance: Client, event: Event, name: str
    ) -> None:
        for client in (door, finance):
            response = client.get(url_of(event, name))
            assert response.status_code == HTTPStatus.NOT_FOUND

    def test_the_charity_sees_sums_without_names(
        self, finance: Client, event: Event
    ) -> None:
        nominee = make_nominee(event, "Tina Fey")
        make_nomination(make_category(event), nominee)
        guest = make_guest(event, name="Tina Fey", nominee=nominee)
        obligations.bring_up_to_date(event, AT)
        page = finance.get(url_of(event, "dues_summary"))
        assert page.context["dues"].dormant.cents == 100_000
        assert guest.name not in page.text

    def test_the_log_is_shown_newest_first(self, host: Client, event: Event) -> None:
        for name in ("Ann", "Bob"):
            say(make_guest(event, name=name))
        page = host.get(url_of(event, "activity"))
        assert page.text.index("Bob") < page.text.index("Ann")
        assert Guest.objects.count() == 2
