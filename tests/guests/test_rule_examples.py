"""House rules as examples, by the rule itself, and live beside what a host types."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Event
from guests import rule_examples
from guests.obligations import HouseRules
from tests.guests.test_settings_views import typed

THOUSAND = 100_000


def told(**rules: object) -> dict[str, str]:
    """What each line of the table says."""
    rows = rule_examples.examples(HouseRules(**{"amount_cents": THOUSAND} | rules))
    return {row.who: row.words for row in rows}


def test_once_per_person_is_once_however_many_are_won() -> None:
    lines = told()

    assert lines["Nominated in three, lost them all"] == "free"
    assert lines["Nominated in three, won one"] == "$1,000.00 once"
    assert lines["Nominated in three, won two"] == "$1,000.00 once"
    assert lines["Nominated in three, won all"] == "$1,000.00 once"
    assert lines["Won in an earlier year"] == "free"


def test_an_open_category_is_free_for_now() -> None:
    line = "Nominated, and the category is still open"

    assert told()[line] == "free for now; $1,000.00 after a win"


def test_a_price_for_every_win_is_added_up_to_the_cap() -> None:
    lines = told(charge_per=Event.ChargePer.WIN, cap_cents=250_000)

    assert lines["Nominated in three, won two"] == "$2,000.00"
    assert lines["Nominated in three, won all"] == "$2,500.00"
    words = "$1,000.00, and $1,000.00 more after another win"
    assert lines["Won one, another is still open"] == words


@pytest.mark.parametrize(
    ("plus_one_pays", "words"), [(True, "$1,000.00 once"), (False, "free")]
)
def test_who_came_with_a_winner_pays_where_the_house_says_so(
    plus_one_pays: bool, words: str
) -> None:
    lines = told(plus_one_pays=plus_one_pays)

    assert lines["Came with a winner, not nominated"] == words
    assert lines["Came with a winner, and won too"] == "$1,000.00 once"


def test_somebody_exempt_stands_in_the_table_by_their_own_tag() -> None:
    assert told(exempt_tags=("presenter",))["A winner tagged presenter"] == "free"
    assert "presenter" not in str(told())


def test_of_a_team_whoever_comes_owes() -> None:
    (row,) = (
        row
        for row in rule_examples.examples(HouseRules(amount_cents=THOUSAND))
        if "team" in row.who
    )

    assert row.cents == 4 * THOUSAND
    assert row.words == "each of the 4: $1,000.00 once"


@pytest.mark.django_db
class TestPages:
    def url(self, event: Event) -> str:
        return reverse("guests:rule_examples", args=[event.slug])

    def test_the_settings_show_what_stands(self, host: Client, event: Event) -> None:
        page = host.get(reverse("guests:settings", args=[event.slug])).text

        assert "Nominated in three, won two" in page
        assert "$1,000.00 once" in page

    def test_what_is_typed_is_shown_and_not_stored(
        self, host: Client, event: Event
    ) -> None:
        fields = typed(host, event, winner_amount_cents="250", name="Other")
        before = Event.objects.values().get()

        page = host.post(self.url(event), fields)
        part = host.post(self.url(event), fields, headers={"HX-Request": "true"})

        assert "$250.00 once" in page.text
        assert 'value="Other"' in page.text
        assert "$250.00 once" in part.text
        assert "<html" not in part.text
        assert Event.objects.values().get() == before

    def test_a_price_that_is_none_is_said(self, host: Client, event: Event) -> None:
        fields = typed(host, event, winner_amount_cents="lots")

        part = host.post(self.url(event), fields, headers={"HX-Request": "true"})

        assert part.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "Type an amount" in part.text
        assert "once" not in part.text

    def test_other_fields_may_be_half_typed(self, host: Client, event: Event) -> None:
        fields = typed(host, event, name="", capacity="many")

        part = host.post(self.url(event), fields, headers={"HX-Request": "true"})

        assert part.status_code == HTTPStatus.OK
        assert "$1,000.00 once" in part.text

    def test_a_new_event_has_them_too(self, stranger: Client) -> None:
        page = stranger.get(reverse("events:event_new")).text
        url = reverse("guests:new_rule_examples")

        part = stranger.post(url, {"winner_amount_cents": "10", "charge_per": "win"})

        assert url in page
        assert "$20.00" in part.text
