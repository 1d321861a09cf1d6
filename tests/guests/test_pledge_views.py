"""The pages of a pledge: the guest's, and the assistant's."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations.models import Pledge
from events.models import Event
from guests import pledges
from guests.models import Guest
from losers_lounge import links
from losers_lounge.stand_in.faults import Fault
from losers_lounge.stand_in.server import StandIn
from tests.donations.pledging import save_card
from tests.factories import make_category
from tests.guests.factories import make_contact, make_invitation
from tests.guests.night import make_nominated_guest, win
from tests.guests.pledging import pledge_of, pledged, press, wins

pytestmark = pytest.mark.django_db(transaction=True)
State = Pledge.State


def came_in(guest: Guest) -> Client:
    client, row = Client(), guest.invitation
    client.get(
        links.absolute_url("invitation", row.public_id, row.link_version).removeprefix(
            "http://testserver"
        )
    )
    return client


def page(guest: Guest) -> str:
    path = reverse("guests:pledge", args=[guest.invitation.public_id])
    return f"{path}?guest={guest.public_id}"


def do(client: Client, guest: Guest, what: str) -> Any:
    return client.post(page(guest), {"do": what})


def test_from_the_answer_to_a_saved_card_and_back_out_of_it(
    stand_in: StandIn, event: Event
) -> None:
    guest = make_nominated_guest(event, make_category(event), answer="waiting")
    client = came_in(guest)
    home = reverse("guests:invitation", args=[guest.invitation.public_id])
    rsvp = reverse("guests:rsvp", args=[guest.invitation.public_id])
    assert "Yes, and pledge now in case I win" in client.get(home).text

    answered = client.post(f"{rsvp}?then=pledge", {"answer": "yes"})
    assert answered["Location"] == page(guest)
    guest.refresh_from_db()
    assert guest.answer == "yes"
    offered = client.get(page(guest)).text
    assert "I, " in offered and "$1,000.00" in offered
    assert not Pledge.objects.exists(), "a page that is shown agrees to nothing"

    to_stripe = do(client, guest, "agree")
    again = do(client, guest, "agree")
    assert to_stripe["Location"] == again["Location"], "two tabs, one page"
    session = to_stripe["Location"].rsplit("/", 1)[1]
    body = stand_in._store.get("", "checkout.session", session)
    assert parse_qs(urlsplit(body["success_url"]).query)["guest"] == [guest.public_id]
    assert "We wait for word of your card." in client.get(page(guest)).text
    stand_in.save_card(session)
    shown = client.post(page(guest), {"do": "look"}, headers={"HX-Request": "true"})
    assert "4242" in shown.text and "<html" not in shown.text
    assert "ending in 4242" in client.get(home).text
    client.post(rsvp, {"answer": "no"})
    assert "Nothing is charged while the answer is no." in client.get(home).text
    client.post(rsvp, {"answer": "yes"})
    assert "while the answer is no" not in client.get(home).text

    assert do(client, guest, "withdraw").status_code == 302
    after = client.get(page(guest)).text
    assert "You took your pledge back." in after and "Agree, and save" in after
    assert pledge_of(guest).detached_at
    for _ in range(4):
        assert do(client, guest, "agree").status_code == 302
        do(client, guest, "withdraw")
    assert do(client, guest, "agree").status_code == 429, (
        "cards are tried out elsewhere"
    )


def test_a_stranger_a_plus_one_and_nonsense_get_nowhere(
    stand_in: StandIn, event: Event, stranger: Client
) -> None:
    guest = make_nominated_guest(event, make_category(event))
    other = make_nominated_guest(event, make_category(event))
    client = came_in(guest)

    assert stranger.get(page(guest)).status_code == 404
    assert client.get(page(other)).status_code == 404
    path = reverse("guests:pledge", args=[guest.invitation.public_id])
    assert client.post(path, {"do": "agree", "guest": other.public_id}).status_code == (
        404
    )
    assert do(client, guest, "steal").status_code == 422
    assert do(client, guest, "withdraw").status_code == 302
    assert do(client, guest, "look").status_code == 302
    win(make_category(event))
    Guest.objects.filter(pk=guest.pk).update(answer="no")
    assert do(client, guest, "agree").status_code == 409
    stand_in.fail(Fault.DROP_BEFORE, count=20)
    Guest.objects.filter(pk=guest.pk).update(answer="yes")
    assert do(client, guest, "agree").status_code == 503
    assert Pledge.objects.count() == 1


def test_each_state_of_a_pledge_has_its_own_words(
    stand_in: StandIn, event: Event
) -> None:
    guest = pledged(stand_in, event, "authenticate")
    client, rows = came_in(guest), Pledge.objects.filter(of_guest__guest=guest)
    assert "Now lose in style." in client.get(page(guest)).text
    wins(guest)
    assert "We're sorry about your win." in client.get(page(guest)).text.replace(
        "&#x27;", "'"
    )
    assert do(client, guest, "withdraw").status_code == 409
    for state, words in (
        (State.CHARGING, "is being charged"),
        (State.NEEDS_ACTION, "Your bank wants to hear it from you."),
        (State.DECLINED, "save another one"),
    ):
        rows.update(state=state)
        assert words in client.get(page(guest)).text
    rows.update(tries=3)
    assert "do not try again" in client.get(page(guest)).text
    for state, words in (
        (State.PAID, "Given. Thank you."),
        (State.RELEASED, "the card is forgotten"),
    ):
        rows.update(state=state, ended_at=timezone.now())
        assert words in client.get(page(guest)).text


def test_an_assistant_sees_nothing_of_it_until_let(
    stand_in: StandIn, event: Event
) -> None:
    dana = make_contact(event, "Dana", is_assistant=True)
    row = make_invitation(event, dana)
    guest = make_nominated_guest(event, make_category(event), invitation=row)
    save_card(stand_in, pledges.agree(guest.pk, press()))
    client = Client()
    token = links.make_token("contact", dana.public_id, dana.link_version)
    client.get(reverse("guests:contact_link", args=[token]))
    home = reverse("guests:contact", args=[dana.public_id])
    mine = reverse("guests:contact_pledge", args=[dana.public_id])
    mine = f"{mine}?guest={guest.public_id}"

    assert client.get(mine)["Location"] == home
    assert client.post(mine, {"do": "withdraw"})["Location"] == home
    assert pledge_of(guest).state == State.CARD_SAVED
    assert "4242" not in client.get(home).text

    row.contact_may_give = True
    row.save(update_fields=["contact_may_give"])
    assert "4242" in client.get(home).text
    assert "You act for" in client.get(mine).text
    client.post(mine, {"do": "withdraw"})
    assert pledge_of(guest).state == State.WITHDRAWN
    assert event.activities.latest("pk").actor_name == f"Dana for {guest.name}"


def test_an_assistant_pays_what_the_saved_card_was_not_good_for(
    stand_in: StandIn, event: Event
) -> None:
    dana = make_contact(event, "Dana", is_assistant=True)
    row = make_invitation(event, dana, contact_may_give=True)
    guest = make_nominated_guest(event, make_category(event), invitation=row)
    save_card(stand_in, pledges.agree(guest.pk, press()))
    wins(guest)
    Pledge.objects.update(state=State.NEEDS_ACTION)
    client = Client()
    token = links.make_token("contact", dana.public_id, dana.link_version)
    client.get(reverse("guests:contact_link", args=[token]))
    mine = reverse("guests:contact_pledge", args=[dana.public_id])

    sent = client.post(f"{mine}?guest={guest.public_id}", {"do": "pay"})

    session = sent["Location"].rsplit("/", 1)[1]
    assert stand_in._store.get("", "checkout.session", session)["status"] == "open"
