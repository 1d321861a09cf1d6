"""The list as a file: exactly the guests a question finds, and what the venue asks.

What an import reads stands first and under the same names: exported and imported
again, nothing changes.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, partial
from itertools import islice
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from events.models import Event, Message
from guests import door
from guests.listing import pages
from guests.models import Guest
from guests.models.about import about_invitation
from losers_lounge.bulk import Among, AmongIds
from losers_lounge.money import format_cents

GUEST_COLUMNS = (
    *("name", "email", "phone", "plus_ones", "tags", "contact_name"),
    *("contact_email", "notes", "vip", "answer", "answered", "wave", "brings"),
    *("invitation", "owes", "dietary", "accessibility", "also_known_as", "nominated"),
)
VENUE_COLUMNS = ("what", "name", "heads", "dietary", "accessibility")
BATCH, CARDS = 2_000, 500
# Lists of words as they are written: few rows are worth reading them.
TAGS, ALIASES = Cast("tags", TextField()), Cast("aliases", TextField())
_READ = (
    *("pk", "invitation", "name", "invitation__contact__name"),
    *("invitation__contact__email", "invitation__contact__phone"),
    *("invitation__plus_ones", TAGS, "notes", "is_vip", "answer", "answered_at"),
    *("invitation__wave", "dietary", "accessibility", ALIASES, "nominee__name"),
)
Row = Sequence[object]


def guest_rows(event: Event, found: QuerySet[Guest]) -> Iterator[Row]:
    """These guests by name, a row of GUEST_COLUMNS each; never more than a batch held.

    A constant number of queries for each two thousand.
    """
    rows = found.order_by("name_key", "pk").values_list(*_READ).iterator(BATCH)
    while batch := list(islice(rows, BATCH)):
        ids = [row[0] for row in batch]
        brings, owes = _brings(ids), _owes(ids)
        letters = _letters([row[1] for row in batch])
        answers = {value: str(label) for value, label in Guest.Answer.choices}
        said, words = cache(partial(_said, event.zone)), cache(_words)
        for row in batch:
            pk, invitation, name, contact, email, phone, plus_ones, tags = row[:8]
            notes, is_vip, answer, at, wave, dietary, access, aliases, nominee = row[8:]
            is_own = contact == name
            yield (
                *(name, email if is_own else "", phone, plus_ones, words(tags)),
                *(("", "") if is_own else (contact, email)),
                *(notes, "yes" if is_vip else "no", answers[answer], said(at), wave),
                *(brings.get(pk, ""), letters.get(invitation, ""), owes.get(pk, "")),
                *(dietary, access, words(aliases), nominee or ""),
            )


def _words(text: str) -> str:
    return ";".join(json.loads(text))


def _said(zone: ZoneInfo, at: datetime | None) -> str:
    """A moment on the event's own clock, as spreadsheets sort it."""
    return at.astimezone(zone).isoformat(" ", "minutes")[:16] if at else ""


def _owes(ids: Sequence[int]) -> dict[int, str]:
    due = pages.cents_due(ids)
    return {pk: format_cents(n) if n else _("paid") for pk, n in due.items()}


def _brings(ids: Sequence[int]) -> dict[int, str]:
    """The names of the plus-ones on the list, by who brings them."""
    found = defaultdict(list)
    brought = Guest.objects.on_the_list().filter(plus_one_of__in=AmongIds(ids))
    rows = brought.order_by("pk")
    for host, name in rows.values_list("plus_one_of", "name"):
        found[host].append(name)
    return {host: "; ".join(names) for host, names in found.items()}


def _letters(invitations: Sequence[int]) -> dict[int, str]:
    """How the latest letter of each of these invitations stands."""
    marks = {about_invitation(pk): pk for pk in invitations}
    letters = Message.objects.filter(kind="invitation", about__in=Among(marks))
    rows = letters.order_by("pk")
    states = {value: str(label) for value, label in Message.State.choices}
    found = rows.values_list("about", "state")
    return {marks[about]: states[state] for about, state in found}


def heads_by_tag(event: Event) -> list[tuple[str, int]]:
    """How many come with each tag, a plus-one counted under whoever brings them.

    First everybody, under no tag; who has two tags is counted under both.
    """
    heads: Counter[str] = Counter()
    coming = event.guests.attending().order_by()
    rows = coming.values_list(Coalesce("plus_one_of__tags", "tags"))
    everybody = 0
    for (words,) in rows.iterator(BATCH):
        everybody += 1
        heads.update(words)
    by_size = sorted(heads.items(), key=lambda pair: (-pair[1], pair[0].casefold()))
    return [("", everybody), *by_size]


def needs(event: Event) -> QuerySet[Guest]:
    """Who is coming and told us something for the venue, by name."""
    coming = event.guests.attending().exclude(dietary="", accessibility="")
    return coming.select_related("plus_one_of").order_by("name_key", "pk")


def venue_rows(event: Event) -> Iterator[Row]:
    """Heads by tag, then who needs what: a row of VENUE_COLUMNS each."""
    for tag, heads in heads_by_tag(event):
        yield (_("tag") if tag else _("everybody"), tag, heads, "", "")
    for guest in needs(event).iterator(BATCH):
        yield (_("guest"), guest.name, 1, guest.dietary, guest.accessibility)


def at_the_door(event: Event) -> QuerySet[Guest]:
    """Everybody who is coming, A to Z, plus-ones under their own names too."""
    rows = event.guests.attending().annotate(host=F("plus_one_of__name"))
    columns = (
        "event",
        "name",
        "name_key",
        "tags",
        "is_vip",
        "is_blocked",
        "plus_one_of",
        "nominee",
        "answer",
        "removed_at",
    )
    return rows.only(*columns).order_by("name_key", "pk")


def door_cards(event: Event) -> Iterator[door.Card]:
    """The same with what the door would do now, for paper; as many queries a batch."""
    people = at_the_door(event).iterator(CARDS)
    while batch := list(islice(people, CARDS)):
        for guest in batch:
            guest.event = event
        yield from door.cards(batch)
