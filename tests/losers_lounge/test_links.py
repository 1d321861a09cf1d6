import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from losers_lounge.links import (
    MAC_BYTES,
    is_genuine,
    make_lookup,
    make_token,
    split_token,
)


def opens(token: str, purpose: str = "invitation", version: int = 1) -> bool:
    lookup, mac = split_token(token)
    return is_genuine(purpose, lookup, version, mac)


def test_a_link_opens_what_it_was_made_for() -> None:
    assert opens(make_token("invitation", make_lookup(), 1))


def test_a_mac_has_at_least_128_bits() -> None:
    _, mac = split_token(make_token("invitation", "lookup", 1))
    assert MAC_BYTES * 8 >= 128
    assert len(mac) == 27


@pytest.mark.parametrize(("purpose", "version"), [("pass", 1), ("invitation", 2)])
def test_another_purpose_or_version_stays_shut(purpose: str, version: int) -> None:
    assert not opens(make_token("invitation", make_lookup(), 1), purpose, version)


def test_another_lookup_stays_shut() -> None:
    _, mac = split_token(make_token("invitation", "one-lookup", 1))
    assert not opens(f"another-lookup.{mac}")


@pytest.mark.parametrize(
    "token", ["", ".", "lookup", "lookup.", ".mac", "lookup.mac.more", "ä.\U0001f3c6"]
)
def test_what_is_not_a_token_stays_shut(token: str) -> None:
    assert not opens(token)


@given(st.text(max_size=80))
def test_no_text_at_all_is_an_error(token: str) -> None:
    assert not opens(token)


def test_a_link_survives_the_change_of_the_secret_key(
    settings: Settings,
) -> None:
    token = make_token("invitation", make_lookup(), 1)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "new" * 20
    assert not opens(token)
    settings.SECRET_KEY_FALLBACKS = [former]
    assert opens(token)


def test_two_lookups_are_never_the_same() -> None:
    assert len({make_lookup() for _ in range(1000)}) == 1000


def test_a_moved_dot_does_not_make_a_new_link() -> None:
    """Purpose, lookup and version are parted, so that none can borrow from another."""
    assert (
        make_token("a", "b1", 1).partition(".")[2]
        != (make_token("a", "b", 11).partition(".")[2])
    )


def test_no_lookup_is_a_formula_of_a_spreadsheet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = iter(["-formula", "-another", "plain"])
    monkeypatch.setattr(
        "losers_lounge.links.secrets.token_urlsafe", lambda _: next(drawn)
    )
    assert make_lookup() == "plain"
