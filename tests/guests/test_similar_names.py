"""Names that may be one person's: found for a person to decide."""

import pytest
from pytest_django import DjangoAssertNumQueries

from events.models import Event
from guests import similar_names
from tests.factories import make_event
from tests.guests.factories import make_guest
from tests.guests.people import AT, YES, say

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "other",
    [
        "robert downey",
        "DOWNEY, ROBERT",
        "Róbert Downey",
        "Robert Downey, Jr.",
        "Downey Jr, Robert",
    ],
)
def test_other_spellings_of_a_name_are_alike(event: Event, other: str) -> None:
    guest = make_guest(event, name="Robert Downey Jr.")
    assert similar_names.similar(event, [other]) == {other: [guest]}


@pytest.mark.parametrize("other", ["Roberta Downey", "Robert", "Jr.", "…", ""])
def test_other_names_are_not(event: Event, other: str) -> None:
    make_guest(event, name="Robert Downey Jr.")
    assert similar_names.similar(event, [other]) == {}


def test_people_are_found_by_what_else_they_are_called(event: Event) -> None:
    guest = make_guest(event, name="Thelma Adams", aliases=["Tess", "Adams Tess"])
    assert similar_names.similar(event, ["TESS ADAMS"]) == {"TESS ADAMS": [guest]}
    assert similar_names.similar(event, ["Thelma Adams"]) == {"Thelma Adams": [guest]}


def test_everybody_who_may_be_meant_is_named_once(event: Event) -> None:
    both = [make_guest(event, name="Mandy Moore") for _ in range(2)]
    both[0].call("Mandy Moore", ["Moore, Mandy"])
    both[0].save()
    assert similar_names.similar(event, ["mandy moore"]) == {"mandy moore": both}


def test_plus_ones_are_people_and_those_taken_off_are_not(event: Event) -> None:
    say(make_guest(event, name="Jon", plus_ones=1), YES, "Tina Fey")
    make_guest(event, name="Amy", removed_at=AT)
    make_guest(make_event(), name="Tina Fey")
    found = similar_names.similar(event, ["Fey, Tina", "Amy"])
    assert [guest.name for guest in found.pop("Fey, Tina")] == ["Tina Fey"]
    assert found == {}


def test_a_thousand_names_are_one_question(
    event: Event, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_guest(event, name="Guest 7")
    with django_assert_num_queries(1):
        found = similar_names.similar(
            event, [f"guest {number}" for number in range(1_000)]
        )
    assert list(found) == ["guest 7"]
