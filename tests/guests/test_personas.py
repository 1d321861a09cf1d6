"""Every letter as each of eight people: what a host sees is what would be sent."""

import pytest
from django.utils import timezone

from events.letter_texts import Words
from events.models import Event, Message
from guests import personas
from guests.models import Contact, Guest
from tests.factories import make_event
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


def test_nobody_made_up_is_ever_saved(event: Event) -> None:
    for kind, who in EVERY:
        personas.preview(event, kind, who, OURS, timezone.now())
    assert not Guest.objects.exists()
    assert not Contact.objects.exists()
    assert not Message.objects.exists()
