"""Counts in the words of an operator."""

from losers_lounge.counted import counted


def test_one_is_not_called_many() -> None:
    assert counted(1, "message") == "1 message"
    assert counted(0, "message") == "0 messages"
    assert counted(2, "category", "categories") == "2 categories"
    assert counted(1, "category", "categories") == "1 category"
