"""The ballot on its page: hundreds of nominations, of which a host wants one."""

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Event
from tests.factories import make_category, make_nomination, make_nominee

pytestmark = pytest.mark.django_db


def found(host: Client, event: Event, part: str) -> dict[str, list[str]]:
    """The works shown, by category."""
    page = host.get(reverse("guests:nominations", args=[event.slug]), {"q": part})
    return {
        row.name: [nomination.work for nomination in row.shown]
        for row in page.context["categories"]
    }


def test_the_ballot_is_searched_by_person_work_and_category(
    host: Client, event: Event
) -> None:
    writing, song = make_category(event, "Writing"), make_category(event, "Song")
    tina = make_nominee(event, "Tina Fey")
    make_nomination(writing, make_nominee(event, "Zoë Kravitz"), work="Girls")
    make_nomination(writing, tina, work="30 Rock")
    make_nomination(song, tina, work="Bossypants")
    assert found(host, event, "zoe") == {"Writing": ["Girls"]}
    assert found(host, event, "30 rock") == {"Writing": ["30 Rock"]}
    assert found(host, event, "song") == {"Song": ["Bossypants"]}
    assert set(found(host, event, "FEY")) == {"Writing", "Song"}
    assert len(found(host, event, "")["Writing"]) == 2


def test_a_search_that_finds_nobody_says_what_to_do(host: Client, event: Event) -> None:
    make_nomination(make_category(event))
    url = reverse("guests:nominations", args=[event.slug])
    told = host.get(url, {"q": "nobody of that name"}).text
    assert "Nobody is nominated under that" in told and "Show all" in told
