"""Who may open which event: their own, in a role that fits, and nothing else."""

import pytest
from django.http import Http404
from pytest_django import DjangoAssertNumQueries

from events.access import open_event
from events.models import Event, Member
from tests.factories import make_event, make_member, make_user

pytestmark = pytest.mark.django_db
ROLES = Member.Role.values


@pytest.mark.parametrize("role", ROLES)
def test_anybody_on_the_team_may_enter(event: Event, role: str) -> None:
    member = make_member(event, role)
    access = open_event(member.user, event.slug)
    assert (access.event, access.roles) == (event, {role})


@pytest.mark.parametrize("asked", ROLES)
@pytest.mark.parametrize("held", ROLES)
def test_a_room_is_for_its_role_and_for_hosts(
    event: Event, held: str, asked: str
) -> None:
    member = make_member(event, held)
    if held in (asked, "host"):
        assert open_event(member.user, event.slug, asked).event == event
    else:
        with pytest.raises(Http404):
            open_event(member.user, event.slug, asked)


def test_one_of_several_roles_is_enough(event: Event) -> None:
    user = make_member(event, "door").user
    make_member(event, "results", user)
    access = open_event(user, event.slug, "results", "finance")
    assert access.roles == {"door", "results"}
    assert access.context == {"event": event, "roles": access.roles}


def test_a_foreign_event_and_a_missing_one_are_the_same(event: Event) -> None:
    user = make_member().user
    answers = []
    for slug in (event.slug, "nowhere", "", "x" * 5_000):
        with pytest.raises(Http404) as refused:
            open_event(user, slug)
        answers.append(str(refused.value))
    assert len(set(answers)) == 1


def test_a_role_in_one_event_says_nothing_of_another(event: Event) -> None:
    user = make_member(event, "host").user
    other = make_event()
    make_member(other, "door", user)
    with pytest.raises(Http404):
        open_event(user, other.slug, "host")


def test_who_left_the_team_is_out(event: Event) -> None:
    member = make_member(event)
    member.delete()
    with pytest.raises(Http404):
        open_event(member.user, event.slug)


def test_it_takes_one_query(
    event: Event, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = make_user()
    for role in ROLES:
        make_member(event, role, user)
    with django_assert_num_queries(1):
        assert open_event(user, event.slug, "host").event.charity
