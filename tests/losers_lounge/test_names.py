import pytest
from hypothesis import given
from hypothesis import strategies as st

from losers_lounge.names import MAX_KEY, clean, fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë O'Neill, Jr.", "ZOE ONEILL JR"),
        ("Zoe\u0308 O\u2019Neill Jr", "zoë o'neill jr."),
        ("Jürgen  Groß", "JURGEN GROSS"),
        ("Søren Ægir", "soren aegir"),
        ("Łukasz Đorđević", "lukasz dordevic"),
        ("\ufb01lm", "film"),
        ("Amy\u00a0Poehler", "amy poehler"),
    ],
)
def test_two_spellings_of_a_name_share_a_key(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_different_people_have_different_keys() -> None:
    assert fold("Jon Hamm") != fold("John Hamm")


@pytest.mark.parametrize("name", ["王小明", "Άννα", "نورة", "ประยุทธ์"])
def test_every_script_keeps_its_letters(name: str) -> None:
    assert fold(name)


@pytest.mark.parametrize(
    "text",
    ["Jon\x00 Hamm", "Jon\u202eHamm", "\u200bJon\tHamm\n", " Jon   Hamm "],
)
def test_marks_that_cannot_be_seen_are_dropped(text: str) -> None:
    assert clean(text) == "Jon Hamm"


@given(st.text(max_size=60))
def test_a_clean_name_is_clean(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(alphabet="ﷺßﬁa 한.\u0958", min_size=1).map(lambda text: text * 40))
def test_a_key_fits_its_column_whatever_the_letters_become(text: str) -> None:
    assert len(fold(text)) <= MAX_KEY
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_a_key_is_its_own_key(text: str) -> None:
    assert fold(fold(text)) == fold(text)
