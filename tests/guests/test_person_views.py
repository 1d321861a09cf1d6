"""A guest's page: everything in one place, and what a host changes there."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events.models import Event, Message
from guests import invitations, merging
from guests.merging import Choice
from guests.models import Guest
from guests.people import Person
from tests.conftest import signed_in
from tests.factories import make_category, make_member, make_user
from tests.guests.doorstep import admit
from tests.guests.factories import make_guest, make_invitation
from tests.guests.night import (
    make_coming,
    make_nominated_guest,
    make_plus_one,
    pay,
    win,
)
from tests.guests.people import YES, say, token_of
from tests.guests.returned import failed

pytestmark = pytest.mark.django_db


def url_of(guest: Guest, name: str = "guest_detail", *more: object) -> str:
    return reverse(f"guests:{name}", args=[guest.event.slug, guest.pk, *more])


def typed(guest: Guest, **fields: Any) -> dict[str, Any]:
    """The form as the page shows it, with these fields typed over."""
    now = Person.of(Guest.objects.get(pk=guest.pk))
    shown = {
        "name": now.name,
        "aliases": ", ".join(now.aliases),
        "tags": ", ".join(now.tags),
        "notes": now.notes,
        "dietary": now.dietary,
        "accessibility": now.accessibility,
        "plus_ones": now.plus_ones,
        "wave": now.wave,
        "seen": now.mark,
    }
    return shown | fields


class TestThePage:
    def test_all_of_an_evening_stands_on_it(self, host: Client, event: Event) -> None:
        category = make_category(event, "Outstanding Drama Series")
        guest = make_nominated_guest(event, category, name="Vince", plus_ones=1)
        make_plus_one(guest, "Ann")
        say(guest, YES, "Ann")
        win(category, guest)
        pay(guest)
        letter = failed(
            guest, smtp_code=550, server_words="5.1.1 No such user", state="failed"
        )
        event.messages.filter(pk=letter.pk).update(kind="pledge_bank")
        page = host.get(url_of(guest)).text
        for words in (
            "Outstanding Drama Series",
            "$1,000.00",
            "Paid",
            "Ann",
            "550",
            "5.1.1 No such user",
            "Pledge: the bank asks",
            f"/i/{token_of(guest.invitation)}/",
            "data-copy",
            url_of(guest, "guest_card"),
            reverse("guests:letter_repair", args=[event.slug, letter.pk]),
        ):
            assert words in page

    def test_answers_are_kept_in_order_under_either_name(
        self, host: Client, event: Event
    ) -> None:
        kept, gone = make_guest(event, "Amy"), make_guest(event, "Amy P.")
        say(gone, YES)
        merging.merge(kept.pk, gone.pk, Choice(), by=make_user(), at=timezone.now())
        page = host.get(url_of(kept)).context["page"]
        assert [row.actor_name for row in page.answers] == ["Amy P."]
        assert [row.gone for row in page.merges] == [gone]

    def test_a_tag_does_not_say_a_mark_again(self, host: Client, event: Event) -> None:
        guest = make_nominated_guest(
            event, make_category(event), tags=["nominee", "vip", "press"], is_vip=True
        )
        page = host.get(url_of(guest)).text
        chips = page.partition('<p class="chips">')[2].partition("</p>")[0]
        assert chips.casefold().count("nominee") == chips.casefold().count("vip") == 1
        assert "press" in chips

    def test_a_fourth_browser_is_flagged(self, host: Client, event: Event) -> None:
        guest = make_guest(event)
        now = timezone.now()
        for number in range(4):
            guest.invitation.link_uses.create(
                device=str(number), link_version=1, first_at=now, last_at=now
            )
        assert "Used from 4 browsers" in host.get(url_of(guest)).text

    def test_it_asks_the_same_of_the_database_however_much_happened(
        self,
        host: Client,
        event: Event,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        category = make_category(event)
        guest = make_nominated_guest(event, category, plus_ones=5)
        win(category, guest)
        agent = guest.invitation.contact
        for number in range(5):
            other = make_guest(invitation=make_invitation(event, agent))
            make_plus_one(guest, f"Friend {number}")
            merging.merge(
                guest.pk,
                make_guest(event).pk,
                Choice(),
                by=make_user(),
                at=timezone.now(),
            )
            failed(other)
        with django_assert_max_num_queries(26):
            response = host.get(url_of(guest))
        assert len(response.context["page"].merges) == 5

    def test_who_has_no_address_gets_a_card_to_print(
        self, host: Client, event: Event
    ) -> None:
        guest = make_guest(event, "Carol")
        guest.invitation.contact.email = ""
        guest.invitation.contact.save()
        assert "No address" in host.get(url_of(guest)).text
        card = host.get(url_of(guest, "guest_card")).text
        assert "Carol" in card
        assert f"/i/{token_of(guest.invitation)}/" in card
        assert "qr-code" in card

    def test_a_plus_one_has_no_card_of_their_own(
        self, host: Client, event: Event
    ) -> None:
        friend = make_plus_one(make_coming(event))
        response = host.get(url_of(friend, "guest_card"))
        assert response.status_code == HTTPStatus.NOT_FOUND


class TestEditing:
    def test_a_host_changes_what_is_known(self, host: Client, event: Event) -> None:
        guest = make_guest(event, "Tina")
        response = host.post(
            url_of(guest, "guest_edit"),
            typed(
                guest,
                name="Tina  Fey",
                aliases="Liz; Elizabeth",
                tags="friend, friend",
                is_vip="on",
                plus_ones="2",
                notes="gin",
            ),
        )
        assert response.status_code == HTTPStatus.FOUND
        guest = Guest.objects.get(pk=guest.pk)
        assert (guest.name, guest.aliases) == ("Tina Fey", ["Liz", "Elizabeth"])
        assert (guest.tags, guest.is_vip, guest.notes) == (["friend"], True, "gin")
        assert guest.invitation.plus_ones == 2
        assert guest.invitation.contact.name == "Tina Fey"
        log = event.activities.get()
        assert log.about == guest.about
        assert log.object_name == (
            "Tina: name, other names, tags, VIP, notes, plus-ones allowed"
        ).replace("Tina:", "Tina Fey:")

    def test_the_second_host_sees_what_the_first_wrote(
        self, host: Client, event: Event
    ) -> None:
        guest = make_guest(event, "Tina", notes="rum")
        shown = typed(guest, notes="gin", dietary="No nuts")
        other = signed_in(make_member(event))
        other.post(url_of(guest, "guest_edit"), typed(guest, notes="vodka"))
        response = host.post(url_of(guest, "guest_edit"), shown)
        assert response.status_code == HTTPStatus.CONFLICT
        assert "vodka" in response.text and ">\ngin</textarea>" in response.text
        guest.refresh_from_db()
        assert (guest.notes, guest.dietary) == ("vodka", "")
        again = shown | {"seen": typed(guest)["seen"]}
        host.post(url_of(guest, "guest_edit"), again)
        guest.refresh_from_db()
        assert (guest.notes, guest.dietary) == ("gin", "No nuts")

    def test_the_same_form_twice_is_one_change(
        self, host: Client, event: Event
    ) -> None:
        guest = make_guest(event, "Tina")
        form = typed(guest, notes="gin")
        for _ in range(2):
            response = host.post(url_of(guest, "guest_edit"), form)
            assert response.status_code == HTTPStatus.FOUND
        assert event.activities.count() == 1

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", "\u200b"),
            ("name", "!"),
            ("plus_ones", "21"),
            ("wave", "0"),
            ("tags", "x" * 41),
            ("aliases", ",".join(map(str, range(21)))),
            ("dietary", "x" * 301),
        ],
    )
    def test_nonsense_is_told_and_changes_nothing(
        self, host: Client, event: Event, field: str, value: str
    ) -> None:
        guest = make_guest(event)
        form = typed(guest, **{field: value})
        response = host.post(url_of(guest, "guest_edit"), form)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert not event.activities.exists()

    def test_a_plus_one_s_allowance_is_their_host_s(
        self, host: Client, event: Event
    ) -> None:
        friend = make_plus_one(make_coming(event, plus_ones=1))
        host.post(url_of(friend, "guest_edit"), typed(friend, plus_ones=9, notes="a"))
        friend = Guest.objects.get(pk=friend.pk)
        assert (friend.notes, friend.invitation.plus_ones) == ("a", 1)


class TestLeaving:
    def test_who_is_taken_off_frees_seats_and_can_come_back(
        self, host: Client, event: Event
    ) -> None:
        guest = make_coming(event, plus_ones=1)
        make_plus_one(guest)
        invitations.send(event.pk, by="Amy", at=timezone.now())
        host.post(url_of(guest, "guest_remove"))
        assert event.guests.on_the_list().count() == 0
        assert Message.objects.get().state == "suppressed"
        assert "Bring them back" in host.get(url_of(guest)).text
        host.post(url_of(guest, "guest_restore"))
        assert event.guests.attending().count() == 2
        assert Message.objects.get().state == "queued"

    def test_a_full_room_puts_who_comes_back_on_the_waiting_list(
        self, host: Client, event: Event
    ) -> None:
        guest = make_coming(event)
        host.post(url_of(guest, "guest_remove"))
        event.capacity = 1
        event.save()
        make_coming(event)
        page = host.post(url_of(guest, "guest_restore"), follow=True).text
        assert "waiting list" in page
        guest.refresh_from_db()
        assert guest.answer == "waitlisted"
        assert event.guests.attending().count() == 1

    def test_who_is_inside_or_has_paid_stays(self, host: Client, event: Event) -> None:
        category = make_category(event)
        winner = make_nominated_guest(event, category, name="Vince")
        win(category, winner)
        pay(winner)
        inside = make_coming(event, "Inga")
        admit(inside)
        for guest, why in ((winner, "has paid"), (inside, "is inside")):
            page = host.post(url_of(guest, "guest_remove"), follow=True).text
            assert f"{guest.name} {why}." in page
        assert event.guests.on_the_list().count() == 2
