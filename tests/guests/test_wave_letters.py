"""Letters of a wave are written once, and each says what it would say alone."""

import itertools
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from events import mail, writing
from events.letter_texts import Words
from events.models import Event, Message
from guests.models import Mailing
from guests.post_room import personas
from tests.factories import make_event

pytestmark = pytest.mark.django_db
OURS = Words()
HOSTS = Words("[name], it is [when]", "Dear [name],\n\nlose & come & bring [name].")
# Names that mean something to a template, a page, a mark, or a letter's own words.
NAMES = [
    'O\'Neil "Söhne" & <b>Ito</b>',
    "{{ event.name }} {% now %}",
    "Al",
    "0",
    "own",
    "en",
    "Come & bring",
]


def context_of(event: Event, kind: str, persona: str, words: Words, name: str) -> Any:
    """What the templates see of such a letter to somebody of this name."""
    drafted = personas.draft(event, kind, persona, words, timezone.now())
    message = Message(context=renamed(drafted.context, name), is_bulk=drafted.is_bulk)
    assert drafted.is_bulk
    return drafted.template, mail.template_context(message)


def renamed(value: Any, name: str) -> Any:
    """The same with another name for whom the letter is to, or about."""
    if isinstance(value, str):
        for known in ("Robin Vale", "Sasha Quill", "Dana Reed"):
            value = value.replace(known, name)
        return value
    if isinstance(value, dict):
        return {key: renamed(inner, name) for key, inner in value.items()}
    if isinstance(value, list):
        return [renamed(inner, name) for inner in value]
    return value


def read(stem: str, context: Any, *, is_of_a_wave: bool) -> tuple[str, str, str]:
    texts = writing.write(stem, context, is_of_a_wave=is_of_a_wave)
    assert "<b>" not in texts.html
    return texts.subject, texts.plain, unescape(texts.html)


@pytest.mark.parametrize("kind", Mailing.Kind.values)
def test_a_letter_of_a_wave_says_what_it_says_alone(kind: str) -> None:
    event = make_event(name="Al")
    everybody = itertools.product(("nominee", "loser", "assistant"), (OURS, HOSTS))
    for (persona, words), name in itertools.product(everybody, NAMES):
        asked = context_of(event, kind, persona, words, name)
        alone = read(*asked, is_of_a_wave=False)
        assert read(*asked, is_of_a_wave=True) == alone
        assert read(*asked, is_of_a_wave=True) == alone, "the second time"


@pytest.mark.parametrize("words", [OURS, HOSTS], ids=["our words", "a host's"])
def test_what_is_the_same_in_a_wave_is_written_once(words: Words) -> None:
    event = make_event()
    writing._kept.cache_clear()
    for name in ("Ana Góngora", "Robin Vale", "Noor Castellanos"):
        asked = context_of(event, "invitation", "nominee", words, name)
        assert name in writing.write(*asked, is_of_a_wave=True).plain
    assert writing._kept.cache_info().misses == 1


@pytest.mark.parametrize("name", ["Robin Vale", "Sasha Quill"])
def test_a_template_may_ask_whether_two_names_are_one(name: str) -> None:
    """As this letter does of the guest and of whom it greets."""
    drafted = personas.draft(make_event(), "win", "owing", OURS, timezone.now())
    card = {"card": {"brand": "Visa", "last4": "4242"}, "amount_cents": 100_000}
    named = {"greeting": "Robin Vale", "guest": {"name": name}}
    message = Message(context={**drafted.context, **card, **named}, is_bulk=True)
    asked = "guests/email/pledge_withdrawn", mail.template_context(message)

    alone = read(*asked, is_of_a_wave=False)
    assert read(*asked, is_of_a_wave=True) == alone
    assert ("Sasha Quill: " in alone[1]) is (name == "Sasha Quill")
