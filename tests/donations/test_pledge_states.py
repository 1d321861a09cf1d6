"""Every word on every state: the table of a pledge's life, and no way around it."""

import pytest
from django.utils import timezone

from donations.models import Pledge
from donations.pledge_states import Word, after, move
from tests.donations.pledging import make_pledge

State = Pledge.State
STATES = ["offered", "card_saved", "charging", "paid", "needs_action", "declined"]
STATES += ["released", "withdrawn"]

# Row by row as in the rules: what each word makes of each state; "-": nothing.
TABLE = {
    #              offered     card_saved  charging      paid needs_action declined
    "card_kept": ["card_saved", "-", "-", "-", "-", "card_saved"],
    "card_gone": ["-", "offered", "-", "-", "declined", "-"],
    "charge_begun": ["-", "charging", "-", "-", "-", "charging"],
    "not_reached": ["-", "-", "card_saved", "-", "-", "-"],
    "bank_asks": ["-", "-", "needs_action", "-", "-", "-"],
    "card_refused": ["-", "-", "declined", "-", "-", "-"],
    "money_taken": ["-", "paid", "paid", "-", "paid", "paid"],
    "release": ["released", "released", "-", "-", "released", "released"],
    "withdraw": ["withdrawn", "withdrawn", "-", "-", "withdrawn", "withdrawn"],
}


def test_each_word_leads_from_each_state_where_the_table_says() -> None:
    assert set(TABLE) == set(Word)
    assert set(STATES) == set(State)
    for word, row in TABLE.items():
        for state, wanted in zip(STATES, [*row, "-", "-"], strict=True):
            expected = state if wanted == "-" else wanted
            assert after(state, Word(word)) == expected, (state, word)


@pytest.mark.django_db
def test_what_is_over_stays_over_and_knows_when_it_ended() -> None:
    pledge, at = make_pledge(), timezone.now()

    assert move(pledge, Word.RELEASE, at)

    assert (pledge.state, pledge.ended_at) == (State.RELEASED, at)
    for word in Word:
        assert not move(pledge, word, timezone.now())
    pledge.refresh_from_db()
    assert (pledge.state, pledge.ended_at) == (State.RELEASED, at)
