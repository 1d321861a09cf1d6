"""What charts are laid out as: the drawing itself is the template's."""

from donations import chart


def test_purposes_share_one_scale_and_less_than_nothing_has_no_length() -> None:
    drawn = chart.lay_out_purposes([("Entry", 400), ("Gifts", 100), ("Odd", -5)])
    assert [bar.width for bar in drawn.bars] == [chart.WIDTH, chart.WIDTH / 4, 0]
    assert [bar.cents for bar in drawn.bars] == [400, 100, -5]
    lowest = drawn.bars[-1]
    assert lowest.y + drawn.thick < drawn.height


def test_nothing_given_is_drawn_as_nothing() -> None:
    drawn = chart.lay_out_purposes([("Entry", 0), ("Gifts", 0)])
    assert [bar.width for bar in drawn.bars] == [0, 0]
