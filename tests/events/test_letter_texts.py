"""What hosts type into letters is text, and stays text."""

import pytest

from events import letter_texts
from events.letter_texts import UnknownPlaceholders, Words
from events.models import Event, LetterText
from tests.factories import make_event, make_user
from tests.guests.people import AT
from tests.security.hostile import HOSTILE

pytestmark = pytest.mark.django_db


def save(event: Event, words: Words) -> bool:
    said = {"title": "Invitation", "by": make_user(), "at": AT}
    return letter_texts.save(event, "invitation", words, **said)


def test_the_newest_words_count_and_the_older_ones_stay(event: Event) -> None:
    assert save(event, Words("One", "First"))
    assert save(event, Words("Two", "Second"))
    assert letter_texts.of(event, "invitation") == Words("Two", "Second")
    assert LetterText.objects.count() == 2


def test_saving_the_same_words_again_adds_nothing(event: Event) -> None:
    assert save(event, Words("One", "First"))
    assert not save(event, Words(" One ", "First\r\n"))
    assert LetterText.objects.count() == 1


def test_empty_words_bring_ours_back(event: Event) -> None:
    assert not save(event, Words())
    save(event, Words("One", "First"))
    save(event, Words())
    assert not letter_texts.of(event, "invitation")


def test_words_belong_to_one_event_and_one_kind(event: Event) -> None:
    save(event, Words("One", "First"))
    assert not letter_texts.of(make_event(), "invitation")
    assert not letter_texts.of(event, "reminder")


def test_a_mark_that_stands_for_nothing_is_refused_by_name(event: Event) -> None:
    with pytest.raises(UnknownPlaceholders) as refused:
        save(event, Words("[Name]", "[nmae] and [[amount]] and [settings.SECRET]"))
    assert refused.value.marks == ["nmae", "settings.SECRET"]
    assert not LetterText.objects.exists()


def test_a_value_that_looks_like_a_placeholder_is_left_alone() -> None:
    filled = letter_texts.filled(
        Words("[name]", "[NAME], [ event ] [name]"),
        {"name": "[event] {{ x }}", "event": "Lounge"},
    )
    assert filled["subject"] == "[event] {{ x }}"
    assert filled["body"] == "[event] {{ x }}, Lounge [event] {{ x }}"


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_is_typed_the_subject_is_one_line(event: Event, name: str) -> None:
    typed = HOSTILE[name][:5_000]
    words = letter_texts.tidy(Words(typed, typed))
    assert "\n" not in words.subject
    assert "\r" not in words.body
    assert "\0" not in words.body
