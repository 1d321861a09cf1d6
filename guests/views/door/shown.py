"""What the door's pages show, read in a constant number of queries."""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from guests import door
from guests.admission import Colour
from guests.door import Card, asked, refusals
from guests.door.news import figures, stamp
from guests.forms.desk import ReasonForm
from guests.models import Guest
from guests.views.door.access import DoorAccess
from guests.views.door.money import money_keys
from guests.views.door.words import words
from guests.views.trophy_page import card_part

HISTORY_ROWS = 6
# Kept in English, and told on each page in its reader's language.
UNDO_REASONS = (noop("Wrong person"), noop("Pressed by mistake"))
DENY_REASONS = (
    noop("Will not pay"),
    noop("Keeps the trophy"),
    noop("Not the person named"),
)


@dataclass(frozen=True)
class FoundRow:
    """One row of a search: a name and how it stands, nothing else."""

    card: Card
    # The night is signed off: nobody comes in any more.
    is_over: bool = False

    @property
    def guest(self) -> Guest:
        return self.card.guest

    @property
    def tone(self) -> str:
        return {
            "inside": "info",
            "sent": "bad",
            Colour.GREEN: "good",
            Colour.GOLD: "waiting",
            Colour.BLUE: "info",
            Colour.GREY: "muted",
            Colour.RED: "bad",
        }[self.card.look]

    @property
    def words(self) -> str:
        if self.is_over and self.card.look == Colour.GREY:
            return _("Signed off")
        return {
            "inside": _("Inside"),
            "sent": _("Not admitted"),
            Colour.GREEN: _("Come in"),
            Colour.GOLD: _("Winner"),
            Colour.BLUE: _("Undecided"),
            Colour.GREY: _("Not expected"),
            Colour.RED: _("Call the host"),
        }[self.card.look]


def nonce() -> str:
    """The name of one press to come."""
    return secrets.token_urlsafe(16)


def search_context(access: DoorAccess, text: str) -> dict[str, Any]:
    """The search box and the people it finds."""
    found = door.search(access.event, text)
    cards = door.cards(found[: door.SEARCH_ROWS])
    has_more = len(found) > door.SEARCH_ROWS
    return {
        **access.context,
        "q": text,
        "rows": _found(cards),
        "has_more": has_more,
        "is_too_short": not door.is_searchable(text),
        "nominees": [] if has_more else asked.nominees_found(access.event, text),
        "nonce": nonce,
    }


def search_page_context(access: DoorAccess, text: str) -> dict[str, Any]:
    """The same in its page, below the door's figures."""
    page = {"figures": figures(access.event), "words": words()}
    return search_context(access, text) | page


def _found(cards: list[Card]) -> list[FoundRow]:
    """Found by `door.search`, which has asked whether the night is over."""
    if not cards or not cards[0].guest.is_over:
        return [FoundRow(card) for card in cards]
    return [FoundRow(after_signing(card), is_over=True) for card in cards]


def after_signing(card: Card) -> Card:
    """Nobody comes in any more; who owes can still pay."""
    if not card.decision.lets_in:
        return card
    return replace(card, decision=refusals.signed_off())


def _party_cards(guest: Guest) -> list[Card]:
    """The guest's, then those of whom they bring, as they stand at this hour."""
    cards = door.cards([guest, *door.party(guest)])
    return [after_signing(card) for card in cards] if guest.is_over else cards


def card_context(
    access: DoorAccess,
    guest: Guest,
    *,
    undo_form: ReasonForm | None = None,
    deny_form: ReasonForm | None = None,
) -> dict[str, Any]:
    """One person's card with their party, and a name for every press on it."""
    guest.event = access.event
    card, *others = _party_cards(guest)
    return {
        **access.context,
        **money_keys(access, card),
        "card": card,
        "others": others,
        # A template calls it: every form gets a name of its own.
        "nonce": nonce,
        "history": card.standing.rows[: -HISTORY_ROWS - 1 : -1],
        "figures": figures(access.event),
        "words": words(),
        "stamp": stamp([card, *others]),
        "as_of": timezone.now().isoformat(),
        **card_part(access, card),
        "is_over": guest.is_over,
        "undo_form": undo_form,
        "deny_form": deny_form,
        "form_is_gone": bool(deny_form if card.inside_since else undo_form),
        "undo_reasons": UNDO_REASONS,
        "deny_reasons": DENY_REASONS,
    }
