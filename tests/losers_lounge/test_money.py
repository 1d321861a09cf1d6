import pytest
from hypothesis import given
from hypothesis import strategies as st

from losers_lounge.money import NotAnAmount, format_cents, parse_cents


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (0, "$0.00"),
        (5, "$0.05"),
        (100_000, "$1,000.00"),
        (123_456_789, "$1,234,567.89"),
        (-2_930, "\N{MINUS SIGN}$29.30"),
    ],
)
def test_cents_are_shown_as_dollars(cents: int, text: str) -> None:
    assert format_cents(cents) == text


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1000", 100_000),
        ("1,000", 100_000),
        ("$1,000.00", 100_000),
        (" $ 12.5 ", 1_250),
        ("0.07", 7),
        ("999999999.99", 99_999_999_999),
    ],
)
def test_typed_dollars_become_cents(text: str, cents: int) -> None:
    assert parse_cents(text) == cents


@pytest.mark.parametrize(
    "text",
    [
        *("", "free", "-5", "1.234", "1.000,00", "12,34", "1,0000", "1e3", "NaN"),
        *("10 000", "\uff11\uff10", "1.", ".50", "$", "1" * 10, "5\n5", "0x10"),
    ],
)
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        parse_cents(text)


@given(st.integers(min_value=0, max_value=99_999_999_999))
def test_what_is_shown_can_be_typed(cents: int) -> None:
    assert parse_cents(format_cents(cents)) == cents
