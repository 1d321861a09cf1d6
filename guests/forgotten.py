"""What is forgotten stays so: nobody new on such an evening, no new words of anybody.

Whoever came in would be gone within the hour (guests/privacy), and what was written
about somebody forgotten would stay for ever, because nobody looks there again.
"""

from django.utils.translation import gettext as _

from events.models import Event
from guests.models import Contact, Guest


class Forgotten(Exception):
    """Nothing was changed; the text says why, in words for a host."""


def takes_nobody(event: Event) -> str:
    """Why nobody can be added, in a sentence; empty: they can.

    Reads the row as it was given: ask behind the event's lock before writing.
    """
    if event.guests_erased_at is None:
        return ""
    return _(
        "Nobody was added. This evening's guests have been forgotten, and "
        "anybody added now would be too: make another event like this one."
    )


def refuse_more(event: Event) -> None:
    """Raise Forgotten where nobody can be added."""
    if words := takes_nobody(event):
        raise Forgotten(words)


def refuse_words_about(row: Guest | Contact) -> None:
    """Raise Forgotten where it is forgotten who this was."""
    if row.erased_at is not None:
        raise Forgotten(
            _("Nothing was saved. This guest has been forgotten, and stays forgotten.")
        )
