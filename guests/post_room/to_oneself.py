"""A letter to oneself: the real thing, in the real outbox, to the host's address."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop as noop

from events import activity, outbox
from events.letter_texts import Words
from events.models import Event, User
from guests.post_room import personas
from guests.post_room.personas import KINDS
from losers_lounge.telling import in_english


@transaction.atomic
def send(
    event: Event,
    kind: str,
    persona: str,
    words: Words,
    *,
    to: User,
    nonce: str,
    at: datetime,
) -> int:
    """Send what this persona would get to a member of the team; 0 if it went before.

    Its links open nothing, and it is no bulk mail: whoever unsubscribed from their
    own evening may still look at it.
    """
    letter = personas.draft(event, kind, persona, words, at)
    draft = replace(
        letter,
        kind="test",
        about=f"test/{to.pk}",
        dedupe_key=f"test:{to.pk}:{nonce}",
        recipient_name=str(to),
        recipient_email=to.email,
        is_bulk=False,
    )
    made = outbox.create([draft], at)
    if made:
        verb, which = noop("tried a letter"), in_english(lambda: KINDS[kind])
        activity.record(event, to, verb, which, at=at)
    return made
