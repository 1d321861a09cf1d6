"""Whom a guest brings: whose row stays, who is renamed, who goes, who is new.

A plus-one keeps row and pass under a new name. One without a name yet is a person
too, called after the guest who brings them, and takes a seat like everybody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from events import activity
from guests import guest_list, letters, obligations
from guests.models import Guest
from losers_lounge.names import clean, fold

MAX_NAME = 200
LATER = ""  # a name that is told later


@dataclass(frozen=True)
class Seating:
    """How a party differs from what is wanted; LATER stands for a name to come."""

    kept: Sequence[tuple[Guest, str]] = ()
    renamed: Sequence[tuple[Guest, str]] = ()
    gone: Sequence[Guest] = ()
    new: Sequence[str] = ()

    @property
    def size(self) -> int:
        return len(self.kept) + len(self.renamed) + len(self.new)

    @property
    def changes(self) -> bool:
        respelled = any(row.name != name for row, name in self.kept)
        return bool(respelled or self.renamed or self.gone or self.new)

    @property
    def fresh(self) -> bool:
        """Whether somebody is named who was not."""
        return any([*(name for _row, name in self.renamed), *self.new])

    def names(self) -> list[str]:
        """Who comes along by name, in the order of their rows."""
        rows = [*self.kept, *self.renamed]
        known = [name for row, name in rows if name and not _stays_unnamed(row, name)]
        return [*known, *filter(None, self.new)]

    @property
    def unnamed(self) -> int:
        return self.size - len(self.names())

    def without_new_names(self) -> tuple["Seating", list[tuple[Guest | None, str]]]:
        """The same party once names are locked, and the names to be asked for."""
        asked = [*self.renamed, *((None, name) for name in self.new)]
        stays = [*self.kept, *((row, row.name) for row, _name in self.renamed)]
        return replace(self, kept=stays, renamed=(), new=()), asked


def typed_names(typed: Sequence[str]) -> list[str]:
    """The names that say something, each as it will be kept."""
    return [name for name in map(clean, typed) if fold(name)]


def seat(party: Sequence[Guest], names: Sequence[str], unnamed: int = 0) -> Seating:
    """Who stays under which name, who is renamed, who goes and who is new.

    The same name keeps its row, and with it the pass. A new name goes first to who
    had none, then to a row that is left over.
    """
    left, kept, fresh = list(party), [], []
    for name in names:
        same = next((row for row in left if row.name_key == fold(name)), None)
        if same:
            left.remove(same)
            kept.append((same, name))
        else:
            fresh.append(name)
    nameless = [row for row in left if row.is_unnamed][:unnamed]
    kept += [(row, row.name) for row in nameless]
    left = [row for row in left if row not in nameless]
    left.sort(key=lambda row: (not row.is_unnamed, row.pk))
    wanted = fresh + [LATER] * (unnamed - len(nameless))
    renamed = list(zip(left, wanted, strict=False))
    return Seating(kept, renamed, left[len(wanted) :], wanted[len(left) :])


def write(guest: Guest, seating: Seating, reply: str, at: datetime) -> None:
    """Bring the rows to match; who comes along answers as their guest does."""
    since = guest.answered_at
    for row, name in seating.kept:
        if (row.name, row.answer, row.answered_at) != (name, reply, since):
            _save(row, name, reply, since, Guest.NAME_COLUMNS)
    for row, name in seating.renamed:
        fields = become_another(row, name, guest)
        _save(row, row.name, reply, since, fields)
    for row in seating.gone:
        row.removed_at = at
        row.save(update_fields=["removed_at"])
    for name in seating.new:
        add(guest, name, reply, since)


def become_another(row: Guest, name: str, guest: Guest) -> list[str]:
    """Give a plus-one's row to another person; returns the columns to be saved.

    What was known of the one before does not go over to them. A shut door does:
    only a host opens it.
    """
    row.is_unnamed = name == LATER
    row.call(name or placeholder(guest))
    row.nominee, row.dietary, row.accessibility = None, "", ""
    return [*Guest.NAME_COLUMNS, "is_unnamed", "nominee", "dietary", "accessibility"]


def add(guest: Guest, name: str, reply: str, since: datetime) -> Guest:
    """One more person who comes along, perhaps without a name yet."""
    return Guest.objects.create(
        event_id=guest.event_id,
        invitation_id=guest.invitation_id,
        **Guest.named(name or placeholder(guest)),
        is_unnamed=name == LATER,
        plus_one_of=guest,
        answer=reply,
        answered_at=since,
    )


@transaction.atomic
def note_needs(
    guest: Guest,
    needs: Mapping[str, Mapping[str, str]],
    at: datetime,
    by: str = "",
) -> int:
    """Keep what the venue should know, by public id; the number of people changed.

    Of the guest and whom they bring alone; anybody else's id is passed over. `by`
    names who says it for them.
    """
    mine = Q(pk=guest.pk) | Q(plus_one_of=guest.pk)
    changed = 0
    people = Guest.objects.on_the_list().locked()
    for row in people.filter(mine, public_id__in=needs).order_by("pk"):
        told = needs[row.public_id]
        if any(getattr(row, column) != text for column, text in told.items()):
            for column, text in told.items():
                setattr(row, column, text)
            row.save(update_fields=list(told))
            changed += 1
    if changed:
        verb = noop("told what the venue should know")
        who = actor(guest, by)
        activity.record(guest.event, who, verb, at=at, about=guest.about)
    return changed


def follow(
    guest: Guest,
    at: datetime,
    *,
    is_fresh: bool,
    gone: Iterable[Guest] = (),
    unlinked: bool = False,
) -> None:
    """Link new names to the nominees they belong to; what everybody owes follows.

    `gone` came along and do not any more; `unlinked` says that a row which was a
    nominee's is another person's now.
    """
    touched = {row.nominee_id for row in gone} - {None}
    if is_fresh:
        touched |= guest_list.link_nominees(guest.event)
    if guest.event.plus_one_pays and guest.nominee_id:
        touched.add(guest.nominee_id)
    if touched or unlinked:
        everybody = None if unlinked else touched
        brought = obligations.bring_up_to_date(guest.event, at, everybody)
        letters.post(letters.fresh_wins(brought), at)


def actor(guest: Guest, by: str) -> str:
    """Who acts for a guest, as the log names them: themselves, or "Dana for Ann"."""
    return (
        _("%(by)s for %(name)s") % {"by": by, "name": guest.name} if by else guest.name
    )


def placeholder(guest: Guest) -> str:
    """What somebody without a name is called, in every list and at the door."""
    return (_("Guest of %(name)s") % {"name": guest.name})[:MAX_NAME]


def _save(
    row: Guest, name: str, reply: str, since: datetime, fields: Sequence[str]
) -> None:
    if row.name != name:
        row.call(name, row.aliases)
    row.answer, row.answered_at = reply, since
    row.save(update_fields=[*fields, "answer", "answered_at"])


def _stays_unnamed(row: Guest, name: str) -> bool:
    return row.is_unnamed and row.name_key == fold(name)
