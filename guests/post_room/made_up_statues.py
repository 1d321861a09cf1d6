"""The statue of somebody nobody invited, for previews of the letters about it."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from events.letter_texts import Words
from events.models import Category, Nomination
from events.outbox import Draft
from guests.letters import statues
from guests.models import Guest, HandOver, Trophy


def made_up_statue(guest: Guest, at: datetime) -> Trophy:
    """A row that exists nowhere, as this persona would have left it at the desk."""
    category = Category(name=_("Outstanding Lead in a Comedy Series"))
    return Trophy(
        pk=0,
        event=guest.event,
        guest=guest,
        nomination=Nomination(category=category),
        tag="012",
        received_at=at,
        safe_at=at,
    )


def _code(trophy: Trophy, words: Words) -> Draft:
    until = trophy.received_at + statues.CODE_LASTS
    row = HandOver(pk=0, to=_("Somebody you sent"), code_until=until)
    return statues.statue_code(row, trophy, "preview", words)


OF_STATUES: dict[str, Callable[[Trophy, Words], Draft]] = {
    "statue_in": statues.statue_in,
    "statue_code": _code,
    "statue_safe": statues.statue_safe,
}
