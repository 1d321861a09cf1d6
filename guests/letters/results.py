"""Letters that follow from the results; losers are congratulated."""

from collections import Counter
from collections.abc import Iterable, Sequence

from donations.models import Pledge
from events import letter_texts
from events.letter_texts import Words
from events.models import Category, Message
from events.outbox import Draft
from guests.letters.drafts import OUR_WORDS, draft
from guests.models import Guest, GuestPledge, Obligation
from guests.obligations import Brought

CORRECTION = "correction"


def fresh_wins(brought: Brought) -> list[Draft]:
    """Letters to those for whom an obligation has just fallen due and is news.

    None about a win they have been told of, whose amount alone is new; none to who
    has given for it already, before a correction; none to who is not invited yet and
    reads it in the invitation.
    """
    repriced = {(row.guest_id, row.key) for row in brought.repriced}
    news = [
        row
        for row in brought.fallen_due
        if (row.guest_id, row.key) not in repriced and has_heard_of_us(row.guest)
    ]
    unpaid = Obligation.objects.unpaid().filter(pk__in=[row.pk for row in news])
    asked = set(unpaid.values_list("pk", flat=True)) if news else set()
    return wins([row for row in news if row.pk in asked])


def wins(rows: Iterable[Obligation]) -> list[Draft]:
    """We're sorry about your win."""
    rows = list(rows)
    words = _words([row.guest for row in rows], "win")
    cards = _saved_cards(rows) if rows else {}
    return [win(row, words, cards.get(row.guest_id, "")) for row in rows]


def _saved_cards(rows: Iterable[Obligation]) -> dict[int, str]:
    """The last digits of the cards that will be charged, by guest."""
    saved = GuestPledge.objects.filter(
        guest__in=[row.guest_id for row in rows],
        pledge__state=Pledge.State.CARD_SAVED,
    )
    return dict(saved.values_list("guest", "pledge__card_last4"))


def win(row: Obligation, words: Words = OUR_WORDS, card: str = "") -> Draft:
    """The letter; who has saved a card is not asked to pay."""
    return draft(
        row.guest.invitation,
        row.guest,
        kind="win",
        key=f"win:{row.pk}",
        words=words,
        why=row.why_in(row.guest.event.language),
        amount_cents=row.amount_cents,
        card=card,
    )


def losses(guests: Iterable[Guest]) -> list[Draft]:
    """You lost. Come on in."""
    told = [guest for guest in guests if guest.answer != Guest.Answer.NO]
    words, reopened = _words(told, "loss"), _reopened(told)
    return [loss(guest, words, reopened[guest.pk]) for guest in told]


def loss(guest: Guest, words: Words = OUR_WORDS, reopened: int = 0) -> Draft:
    """Told once, and once more after each time it was said to be open again."""
    key = f"loss:{guest.pk}:{reopened}" if reopened else f"loss:{guest.pk}"
    return draft(guest.invitation, guest, "loss", key, words=words)


def _reopened(guests: Iterable[Guest]) -> Counter[int]:
    """How often each of these, by id, heard that what they had won is open again."""
    rows = Obligation.objects.filter(guest__in=guests, state=Obligation.State.VOID)
    rows = rows.filter(due_at__isnull=False).values_list("pk", "guest")
    keys = {f"{CORRECTION}:{pk}": guest_id for pk, guest_id in rows}
    if not keys:
        return Counter()
    said = Message.objects.filter(dedupe_key__in=keys, context__is_open=True)
    return Counter(keys[key] for key in said.values_list("dedupe_key", flat=True))


def corrections(rows: Iterable[Obligation], category: Category) -> list[Draft]:
    """A gentle word to somebody who had won for a while.

    It says so where the category is open again, and nobody has lost it yet.
    """
    gone = [row for row in rows if row.due_at is not None]
    words = _words([row.guest for row in gone], "correction")
    is_open = category.state != Category.State.OFFICIAL
    return [correction(row, category.name, words, is_open=is_open) for row in gone]


def correction(
    row: Obligation, category: str, words: Words = OUR_WORDS, *, is_open: bool = False
) -> Draft:
    return draft(
        row.guest.invitation,
        row.guest,
        kind=CORRECTION,
        key=f"{CORRECTION}:{row.pk}",
        words=words,
        category=category,
        is_open=is_open,
    )


def settlements(
    owing: Iterable[tuple[Guest, Sequence[Obligation], str]], until: str = ""
) -> list[Draft]:
    """A word to each of these about what they still owe, on rows that know it.

    The text makes one letter of theirs another one than the next; `until` says by
    when, once the evening is over.
    """
    owing = list(owing)
    words = _words([guest for guest, _rows, _mark in owing], "settle")
    return [settlement(*one, words, until) for one in owing]


def settlement(
    guest: Guest,
    rows: Sequence[Obligation],
    mark: str,
    words: Words = OUR_WORDS,
    until: str = "",
) -> Draft:
    return draft(
        guest.invitation,
        guest,
        kind="settle",
        key=f"{settle_key(guest.pk)}{mark}",
        words=words,
        whys=[row.why_in(guest.event.language) for row in rows],
        amount_cents=sum(row.left_cents for row in rows),
        until=until,
    )


def settle_key(guest_id: int) -> str:
    """How the outbox knows every letter that asks this guest to settle."""
    return f"settle:{guest_id}:"


def has_heard_of_us(guest: Guest) -> bool:
    """Whether news of a win is told at once; others read it in their invitation."""
    return bool(guest.invitation.invited_at) or guest.answer != Guest.Answer.WAITING


def _words(guests: Sequence[Guest], kind: str) -> Words:
    """The host's words for this kind; all of these are guests of one event."""
    return letter_texts.of(guests[0].event, kind) if guests else OUR_WORDS
