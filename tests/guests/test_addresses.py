"""Where mail goes: corrected for one or for all, and the letter sent again."""

from http import HTTPStatus

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event, Message
from guests import invitations
from guests.models import Guest, Invitation
from guests.people.addresses import Address
from tests.factories import make_event, make_user
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.guests.people import browser_of
from tests.guests.returned import failed

pytestmark = pytest.mark.django_db


def url_of(guest: Guest, name: str = "guest_detail", *more: object) -> str:
    return reverse(f"guests:{name}", args=[guest.event.slug, guest.pk, *more])


class TestAddresses:
    def change(
        self, host: Client, guest: Guest, email: str, **fields: str
    ) -> HttpResponse:
        contact = guest.invitation.contact
        form = {"name": contact.name, "phone": "", "seen": Address.of(contact).mark}
        return host.post(
            url_of(guest, "guest_address"), form | {"email": email} | fields
        )

    def test_an_own_address_is_corrected_and_waiting_letters_follow(
        self, host: Client, event: Event
    ) -> None:
        guest = make_guest(event)
        invitations.send(event.pk, by="Amy", at=timezone.now())
        self.change(host, guest, "New@Guests.example")
        letter = Message.objects.get()
        assert letter.recipient_email == "new@guests.example"
        assert event.contacts.get().email == "new@guests.example"

    @pytest.mark.parametrize("everyone", ["yes", "no"])
    def test_behind_a_shared_address_the_host_says_for_whom(
        self, host: Client, event: Event, everyone: str
    ) -> None:
        agent = make_contact(event, "Agent", is_assistant=True)
        first, second = (
            make_guest(invitation=make_invitation(event, agent, contact_may_give=True))
            for _ in range(2)
        )
        old = agent.email
        response = self.change(host, first, "new@guests.example")
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        self.change(host, first, "new@guests.example", everyone=everyone)
        rows = [Invitation.objects.get(guests=row) for row in (first, second)]
        emails = [row.contact.email for row in rows]
        changed = "new@guests.example"
        assert emails == [changed, changed if everyone == "yes" else old]
        assert rows[0].contact_may_give is (everyone == "yes")
        assert event.contacts.count() == (1 if everyone == "yes" else 2)

    def test_two_hosts_at_once_do_not_overwrite_each_other(
        self, host: Client, event: Event
    ) -> None:
        guest = make_guest(event)
        self.change(host, guest, "first@guests.example")
        response = self.change(host, guest, "second@guests.example")
        assert response.status_code == HTTPStatus.CONFLICT
        assert "first@guests.example" in response.text
        assert event.contacts.get().email == "first@guests.example"


class TestRepair:
    def repair(self, host: Client, letter: Message, email: str) -> HttpResponse:
        url = reverse("guests:letter_repair", args=[letter.event.slug, letter.pk])
        assert host.get(url).status_code == HTTPStatus.OK
        return host.post(url, {"email": email}, follow=True)

    @pytest.mark.parametrize("state", ["failed", "bounced", "unknown"])
    def test_one_press_mends_the_address_and_sends_the_same_link_again(
        self, host: Client, event: Event, state: str
    ) -> None:
        guest = make_guest(event)
        letter = failed(guest, state)
        link = letter.context["link"]
        page = self.repair(host, letter, "right@guests.example").text
        assert "1 letter goes again" in page
        letter.refresh_from_db()
        assert (letter.state, letter.recipient_email) == (
            "queued",
            "right@guests.example",
        )
        assert letter.context["link"] == link
        assert event.contacts.get().email == "right@guests.example"
        assert browser_of(guest.invitation)
        url = reverse("guests:letter_repair", args=[event.slug, letter.pk])
        again = host.post(url, {"email": "third@guests.example"}, follow=True)
        assert "on its way" in again.text
        assert event.contacts.get().email == "right@guests.example"

    def test_all_of_an_agent_s_people_are_mended_together(
        self, host: Client, event: Event
    ) -> None:
        agent = make_contact(event)
        people = [
            make_guest(invitation=make_invitation(event, agent)) for _ in range(3)
        ]
        letter = failed(people[0])
        failed(people[1])
        failed(people[2], "unknown")
        page = self.repair(host, letter, "right@guests.example").text
        assert "2 letters go again" in page
        states = event.messages.order_by("pk").values_list("state", flat=True)
        assert sorted(states) == ["queued", "queued", "unknown"]

    def test_a_link_retired_meanwhile_is_not_sent_again(
        self, host: Client, event: Event
    ) -> None:
        guest = make_guest(event)
        letter = failed(guest)
        invitations.rotate(guest.invitation_id, by=make_user(), at=timezone.now())
        self.repair(host, letter, "right@guests.example")
        letter.refresh_from_db()
        assert letter.context["link"]["link"][2] == 2

    def test_a_letter_of_another_event_or_of_no_guest_is_not_there(
        self, host: Client, event: Event
    ) -> None:
        foreign = failed(make_guest(make_event()))
        url = reverse("guests:letter_repair", args=[event.slug, foreign.pk])
        assert host.post(url, {"email": "a@x.example"}).status_code == 404
