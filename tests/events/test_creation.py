"""Who makes events, and that one press makes one."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Charity, Event, User
from tests.conftest import signed_in
from tests.events.test_event_form import NEW, create
from tests.factories import make_member, make_user
from tests.racing import at_the_same_moment

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_a_press_that_arrives_four_times_makes_one_event() -> None:
    host = make_user()
    presses = [signed_in_as(host) for _ in range(4)]
    made = at_the_same_moment(4, lambda n: create(presses[n], nonce="one-press"))
    assert [page.status_code for page in made] == [HTTPStatus.FOUND] * 4
    assert Event.objects.count() == Charity.objects.count() == 1


def signed_in_as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_page_gives_every_press_a_name() -> None:
    client = signed_in_as(make_user())
    nonces = {client.get(NEW).context["form"]["nonce"].value() for _ in range(2)}
    assert len(nonces) == 2


def test_anothers_press_is_not_found_by_its_name() -> None:
    create(signed_in_as(make_user()), nonce="same")
    create(signed_in_as(make_user()), nonce="same")
    assert Event.objects.count() == 2


@pytest.mark.parametrize("role", ["door", "results", "finance"])
def test_a_desk_of_somebodys_event_makes_none(role: str) -> None:
    member = make_member(role=role)
    desk = signed_in(member)
    assert create(desk).status_code == HTTPStatus.NOT_FOUND
    assert "New event" not in desk.get(reverse("events:event_list")).text
    make_member(user=member.user)
    assert create(desk).status_code == HTTPStatus.FOUND
