"""Every letter as each of eight people: what a host sees is what would be sent."""

import re

import pytest
from django.utils import timezone

from events import letter_texts
from events.letter_texts import Words
from events.models import Event, Message
from guests.models import Contact, Guest
from guests.post_room import personas
from tests.factories import make_event
from tests.guests.people import AT
from tests.mail_lint import faults

pytestmark = pytest.mark.django_db
OURS = Words()
EVERY = [(kind, who) for kind in personas.KINDS for who in personas.PERSONAS]


@pytest.fixture
def event() -> Event:
    return make_event(
        welcome="Come as you are.",
        total_is_public=True,
        rsvp_deadline_at=timezone.now(),
    )


@pytest.mark.parametrize(("kind", "who"), EVERY)
def test_every_kind_reads_well_for_everybody(event: Event, kind: str, who: str) -> None:
    draft = personas.draft(event, kind, who, OURS, timezone.now())
    assert faults(personas._unsaved(draft, timezone.now())) == []
    seen = personas.preview(event, kind, who, OURS, timezone.now())
    assert len(seen.html) < 60_000
    assert "\n\n\n" not in seen.text.replace("\r\n", "\n")
    assert personas.PERSONAS[who].names[0] in seen.text


@pytest.mark.parametrize("who", personas.PERSONAS)
@pytest.mark.parametrize("kind", personas.KINDS)
def test_our_words_typed_over_read_as_ours(event: Event, kind: str, who: str) -> None:
    """To begin from: put in as they are, the letter is the very same."""
    ours = personas.our_words(event, kind, who, AT)
    assert ours.startswith("Dear [name],")
    typed = Words(body=ours)
    assert letter_texts.tidy(typed) == typed
    letter_texts.check(typed)
    assert not any(name in ours for name in personas.PERSONAS[who].names)
    seen = personas.preview(event, kind, who, typed, AT)
    plain = personas.preview(event, kind, who, OURS, AT)
    if not of_one_guest(kind, who):
        assert without_tokens(seen.text) == without_tokens(plain.text)


def without_tokens(text: str) -> str:
    """Who is made up is made up anew each time, with links of their own."""
    return re.sub(r"(http\S+?/)[^/\s]{20,}", r"\1", text)


def of_one_guest(kind: str, who: str) -> bool:
    """Its words name the guest beside the reader, or a category: there is no mark."""
    return kind == "correction" or (who == "assistant" and kind not in personas.MAILED)


def test_nobody_made_up_is_ever_saved(event: Event) -> None:
    for kind, who in EVERY:
        personas.preview(event, kind, who, OURS, timezone.now())
    assert not Guest.objects.exists()
    assert not Contact.objects.exists()
    assert not Message.objects.exists()
