"""Letters that follow from the results; losers are congratulated."""

from collections.abc import Iterable

from events.models import Category
from events.outbox import Draft
from guests.letters.drafts import draft
from guests.models import Guest, Obligation


def wins(rows: Iterable[Obligation]) -> list[Draft]:
    """We're sorry about your win."""
    return [
        draft(
            row.guest.invitation,
            row.guest,
            kind="win",
            key=f"win:{row.pk}",
            why=row.why,
            amount_cents=row.amount_cents,
        )
        for row in rows
    ]


def losses(guests: Iterable[Guest]) -> list[Draft]:
    """You lost. Come on in."""
    return [
        draft(guest.invitation, guest, kind="loss", key=f"loss:{guest.pk}")
        for guest in guests
        if guest.answer != Guest.Answer.NO
    ]


def corrections(rows: Iterable[Obligation], category: Category) -> list[Draft]:
    """A gentle word to somebody who had won for a while."""
    return [
        draft(
            row.guest.invitation,
            row.guest,
            kind="correction",
            key=f"correction:{row.pk}",
            category=category.name,
        )
        for row in rows
        if row.due_at is not None
    ]
