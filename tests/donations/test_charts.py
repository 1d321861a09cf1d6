"""What charts are laid out as: the drawing itself is the template's."""

from datetime import UTC, datetime

import pytest
from django.template import engines

from donations import chart
from donations.totals import Point

AT = datetime(2013, 9, 22, 20, tzinfo=UTC)


def test_purposes_share_one_scale_and_less_than_nothing_has_no_length() -> None:
    drawn = chart.lay_out_purposes([("Entry", 400), ("Gifts", 100), ("Odd", -5)])
    assert [bar.width for bar in drawn.bars] == [chart.WIDTH, chart.WIDTH / 4, 0]
    assert [bar.cents for bar in drawn.bars] == [400, 100, -5]
    lowest = drawn.bars[-1]
    assert lowest.y + drawn.thick < drawn.height


def test_nothing_given_is_drawn_as_nothing() -> None:
    drawn = chart.lay_out_purposes([("Entry", 0), ("Gifts", 0)])
    assert [bar.width for bar in drawn.bars] == [0, 0]


@pytest.mark.parametrize("cents", [1, 99, 12_345, 100_000, 99_999_999])
def test_an_axis_steps_in_whole_dollars_and_says_no_cents(cents: int) -> None:
    drawn = chart.lay_out([Point(AT, cents, cents)])
    for tick in drawn.ticks:
        assert tick.cents % 100 == 0
        words = "{{ cents|whole_dollars }}"
        said = engines["django"].from_string(words).render({"cents": tick.cents})
        assert said == f"${tick.cents // 100:,}"
