"""Bottles on the pages of the charity and of the donor who says yes to one."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from donations.models import Donation, Reward
from events.models import Event
from losers_lounge import links
from tests.conftest import signed_in
from tests.donations.bottles import State, make_bottle, put, send
from tests.factories import make_event, make_member

NOW = timezone.now()


@pytest.fixture
def event(db: None) -> Event:
    return make_event()


@pytest.fixture
def finn(event: Event) -> Client:
    return signed_in(make_member(event, "finance"))


def press(client: Client, bottle: Reward, do: str, **said: str) -> HttpResponse:
    slug, reward_id = bottle.donation.event.slug, bottle.public_id
    url = reverse("donations:reward_step", args=[slug, reward_id])
    return client.post(url, {"do": do, **said}, follow=True)


def test_the_board_says_what_each_bottle_waits_for_at_constant_cost(
    event: Event, finn: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    url = reverse("donations:rewards", args=[event.slug])
    assert "No bottles yet" in finn.get(url).content.decode()
    for state in State:
        make_bottle(event, state)
    with django_assert_max_num_queries(20) as few:
        page = finn.get(url).content.decode()
    for state in State:
        bottle = make_bottle(event, state)
        bottle.stop_order_at = NOW if state == State.ENGRAVING else None
        bottle.save()
    with django_assert_max_num_queries(20) as many:
        again = finn.get(url).content.decode()

    assert len(many) == len(few)
    assert "Call the engraver" in again
    assert "Call the engraver" not in page
    assert "the donor's turn" in page.replace("&#x27;", "'")


def test_a_batch_costs_the_same_whatever_is_in_it(
    event: Event, finn: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    costs = []
    for size in (1, 4):
        bottles = [make_bottle(event, State.APPROVED) for _number in range(size)]
        batch = send(*bottles)
        Reward.objects.filter(batch=batch).update(stop_order_at=NOW)
        url = reverse("donations:batch", args=[event.slug, batch.number])
        with django_assert_max_num_queries(15) as cost:
            page = finn.get(url).content.decode()
        assert "Call the engraver about these" in page
        costs.append(len(cost))
    assert costs[0] == costs[1]


def test_a_bottle_goes_from_its_words_to_a_hand_by_presses(
    event: Event, finn: Client
) -> None:
    bottle = make_bottle(event)
    refused = press(finn, bottle, "word", text="x" * 40)
    assert refused.status_code == 422
    assert "30 characters" in refused.content.decode()
    press(finn, bottle, "word", text="Tina Fey\r\nThe winner")
    finn.post(reverse("donations:proofs_send", args=[event.slug]))

    bottle.refresh_from_db()
    assert (bottle.state, bottle.lines) == (State.PROOF, ["Tina Fey", "The winner"])
    url = reverse("donations:reward_proof", args=[event.slug, bottle.public_id])
    picture = finn.get(url)
    assert picture.content.startswith(b"\xff\xd8")
    assert "no-store" in picture["Cache-Control"]

    assert press(finn, bottle, "approve", proof="yesterday").status_code == 409
    press(finn, bottle, "approve", proof=bottle.proof_key)
    sent = finn.post(
        reverse("donations:batch_make", args=[event.slug]),
        {"bottle": bottle.pk},
        follow=True,
    )
    assert sent.redirect_chain[-1][0].endswith("/batches/1/")
    assert "Tina Fey" in sent.content.decode()
    press(finn, bottle, "check")
    assert press(finn, bottle, "ship").status_code == 409
    assert press(finn, bottle, "hand_over", to="Tina").status_code == 422
    press(finn, bottle, "hand_over", to="Tina", was_read="on", is_of_age="on")

    bottle.refresh_from_db()
    assert (bottle.state, bottle.handed_over_to) == (State.HANDED_OVER, "Tina")
    assert press(finn, bottle, "decline").status_code == 409
    assert press(finn, bottle, "explode").status_code == 422


class TestDonor:
    def browser(self, donation: Donation) -> Client:
        client = Client()
        token = links.make_token("donor", donation.public_id, donation.link_version)
        client.get(reverse("donations:donor_link", args=[token]))
        return client

    def press(
        self, client: Client, bottle: Reward, do: str, **said: str
    ) -> HttpResponse:
        args = [bottle.donation.public_id, bottle.public_id]
        url = reverse("donations:donor_bottle", args=args)
        return client.post(url, {"do": do, **said}, follow=True)

    def test_a_donor_has_the_words_changed_and_says_yes(self, event: Event) -> None:
        bottle = make_bottle(event, State.PROOF)
        client = self.browser(bottle.donation)
        page = client.get(reverse("donations:donor", args=[bottle.donation.public_id]))
        assert "Yes, engrave it" in page.content.decode()
        args = [bottle.donation.public_id, bottle.public_id]
        proof = client.get(reverse("donations:donor_proof", args=args))
        assert proof["Content-Type"] == "image/jpeg"

        self.press(client, bottle, "ask", remark="  Two e's\n in Feey ")
        bottle.refresh_from_db()
        assert (bottle.state, bottle.remark) == (State.REQUESTED, "Two e's in Feey")
        bad = self.press(client, bottle, "word", text="www.tina.example")
        assert (bad.status_code, "No links" in bad.content.decode()) == (422, True)
        put(bottle, State.PROOF, NOW)
        self.press(client, bottle, "approve", proof=bottle.proof_key)
        alone = self.press(client, bottle, "address", ship_to="1 Street")
        assert "21 or older" in alone.content.decode()
        self.press(client, bottle, "address", ship_to="1 Street\r\nLA", is_of_age="on")

        bottle.refresh_from_db()
        assert (bottle.state, bottle.ship_to) == (State.APPROVED, "1 Street\nLA")

    def test_a_donor_takes_no_step_of_the_teams_and_none_of_another(
        self, event: Event
    ) -> None:
        bottle, other = make_bottle(event, State.READY), make_bottle(event)
        client = self.browser(bottle.donation)
        for do in ("hand_over", "check", "ship", "show", "again", ""):
            assert self.press(client, bottle, do).status_code == 422
        args = [bottle.donation.public_id, other.public_id]
        for name in ("donor_bottle", "donor_proof"):
            url = reverse(f"donations:{name}", args=args)
            answers = {client.get(url).status_code, client.post(url).status_code}
            assert 404 in answers

    def test_a_bottle_declined_gives_another_receipt(self, event: Event) -> None:
        event.admission_value_cents, event.reward_value_cents = 0, 20_000
        event.save()
        bottle = make_bottle(event, State.PROOF)
        donation = bottle.donation
        page = self.press(self.browser(donation), bottle, "decline").content.decode()
        assert "rather not have one" in page
        donation.refresh_from_db()
        assert donation.declines_reward
