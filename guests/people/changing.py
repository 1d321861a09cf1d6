"""Change what is known of one person; take them off the list and bring them back.

The event row is locked first, as for every seat: who goes frees one, who comes back
takes one. What they owe follows in the same transaction.
"""

from collections.abc import Collection
from dataclasses import asdict, astuple, dataclass, replace
from datetime import datetime
from typing import Self

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from donations.models import Donation
from events import activity, outbox
from events.models import Event, Message, User
from guests import forgotten, guest_list, seats, waiting_list
from guests.models import (
    Admission,
    Guest,
    Settlement,
    Trophy,
)
from guests.people.moving_on import move_on
from guests.people.taking_off import take_off
from losers_lounge import edit_conflict

# What the log calls each column.
WORDS = {
    "name": gettext_lazy("name"),
    "aliases": gettext_lazy("other names"),
    "tags": gettext_lazy("tags"),
    "is_vip": gettext_lazy("VIP"),
    "notes": gettext_lazy("notes"),
    "dietary": gettext_lazy("dietary needs"),
    "accessibility": gettext_lazy("accessibility"),
    "plus_ones": gettext_lazy("plus-ones allowed"),
    "wave": gettext_lazy("wave"),
}
OF_THE_INVITATION = ("plus_ones", "wave")
# Money that is there, or may arrive any moment.
GIVEN = (*Donation.SETTLING, Donation.State.PROCESSING)


class ChangedMeanwhile(Exception):
    """Somebody saved this person since the page was shown; `now` is what stands."""

    def __init__(self, now: "Person") -> None:
        super().__init__("changed meanwhile")
        self.now = now


class CannotRemove(Exception):
    """Nothing was changed; the text says why, in words for a host."""


@dataclass(frozen=True)
class Person:
    """What a host may write about somebody by hand."""

    name: str
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    is_vip: bool = False
    notes: str = ""
    dietary: str = ""
    accessibility: str = ""
    plus_ones: int = 0
    wave: int = 1

    @classmethod
    def of(cls, guest: Guest) -> Self:
        """As the rows have it; reads guest.invitation."""
        return cls(
            name=guest.name,
            aliases=tuple(guest.aliases),
            tags=tuple(guest.tags),
            is_vip=guest.is_vip,
            notes=guest.notes,
            dietary=guest.dietary,
            accessibility=guest.accessibility,
            plus_ones=guest.invitation.plus_ones,
            wave=guest.invitation.wave,
        )

    @property
    def mark(self) -> str:
        """What a form carries, to be held against what stands when it comes back."""
        return edit_conflict.mark(*astuple(self))

    def differs(self, other: "Person") -> list[str]:
        """The fields in which the two are not the same, in order."""
        mine, theirs = asdict(self), asdict(other)
        return [name for name in WORDS if mine[name] != theirs[name]]


@transaction.atomic
def edit(guest_id: int, wanted: Person, seen: str, *, by: User, at: datetime) -> Guest:
    """Write what a host typed about somebody on the list.

    `seen` is the mark of what the form showed. Raises ChangedMeanwhile when something
    else stands by now, and writes nothing then; Guest.DoesNotExist;
    forgotten.Forgotten. The same form twice is one change.
    """
    guest = _locked(guest_id)
    forgotten.refuse_words_about(guest)
    now = Person.of(guest)
    if guest.plus_one_of_id:
        wanted = replace(wanted, plus_ones=now.plus_ones, wave=now.wave)
    changed = now.differs(wanted)
    if not changed:
        return guest
    if now.mark != seen:
        raise ChangedMeanwhile(now)
    _write(guest, wanted, changed)
    if "tags" in changed:
        guest_list.follow(guest.event, at, concerned([guest]))
    words = ", ".join(str(WORDS[name]) for name in changed)
    text = f"{guest.name}: {words}"
    verb, about = gettext_noop("changed what is known of a guest"), guest.about
    activity.record(guest.event, by, verb, text, at=at, about=about)
    return guest


def _locked(guest_id: int) -> Guest:
    """Event, then guest; both as they are now."""
    try:
        event = Event.objects.locked().get(guests=guest_id)
    except Event.DoesNotExist:
        raise Guest.DoesNotExist from None
    related = ("invitation__contact", "plus_one_of")
    guest = Guest.objects.locked().select_related(*related).get(pk=guest_id)
    guest.event = guest.invitation.event = event
    return guest


def _write(guest: Guest, wanted: Person, changed: Collection[str]) -> None:
    contact, old_name = guest.invitation.contact, guest.name
    guest.call(wanted.name, wanted.aliases)
    guest.tags = list(wanted.tags)
    own = ("is_vip", "notes", "dietary", "accessibility")
    for name in own:
        setattr(guest, name, getattr(wanted, name))
    guest.save(update_fields=[*Guest.NAME_COLUMNS, "tags", *own])
    if any(name in changed for name in OF_THE_INVITATION):
        guest.invitation.plus_ones = wanted.plus_ones
        guest.invitation.wave = wanted.wave
        guest.invitation.save(update_fields=list(OF_THE_INVITATION))
    # Their own mail greets them by the name they have now.
    if contact.name == old_name != wanted.name and contact.invitations.count() == 1:
        contact.name = wanted.name
        contact.save(update_fields=["name"])


def concerned(people: Collection[Guest]) -> set[int]:
    """The nominees for whose sake these people may owe; reads plus_one_of."""
    hosts = [guest.plus_one_of for guest in people if guest.plus_one_of]
    return {guest.nominee_id for guest in [*people, *hosts]} - {None}


@transaction.atomic
def remove(guest_id: int, *, by: User, at: datetime) -> Guest:
    """Take somebody off the list, and whom they bring; their seats are free again.

    Letters that have not left stay here. Who is off the list already stays so. Raises
    CannotRemove for who is inside, has paid or has a trophy here.
    """
    guest = _locked(guest_id)
    if guest.removed_at is not None:
        return guest
    ids = [guest.pk, *guest.plus_one_guests.on_the_list().values_list("pk", flat=True)]
    reasons = obstacles(ids)
    if reasons:
        raise CannotRemove(next(iter(reasons.values())))
    take_off(guest.event, ids, at)
    guest.removed_at = at
    waiting_list.offer_free_seats(guest.event, at)
    verb = gettext_noop("took off the list")
    activity.record(guest.event, by, verb, guest.name, at=at, about=guest.about)
    return guest


@transaction.atomic
def bring_back(guest_id: int, *, by: User, at: datetime) -> Guest:
    """Put somebody on the list again, with whom they brought and what they answered.

    When the room has filled meanwhile they come back on the waiting list. A nominee
    who has become another guest stays with that one. Raises CannotRemove for who was
    merged into another row, or came with somebody who is off the list.
    """
    guest = _locked(guest_id)
    if guest.removed_at is None:
        return guest
    if guest.merged_into_id:
        raise CannotRemove(_("This row was merged into another: undo that instead."))
    if guest.plus_one_of and guest.plus_one_of.removed_at:
        name = guest.plus_one_of.name
        raise CannotRemove(_("Bring %(name)s back first.") % {"name": name})
    party = [guest, *guest.plus_one_guests.filter(removed_at=guest.removed_at)]
    _take_seats(guest.event, party)
    taken = Guest.objects.on_the_list().filter(nominee=guest.nominee_id)
    is_moved = move_on(party, guest.invitation)
    for row in party:
        row.removed_at = None
        if row.nominee_id and taken.filter(nominee=row.nominee_id).exists():
            row.nominee = None
        row.save(update_fields=["removed_at", "answer", "nominee"])
    if guest.plus_one_of is None and not is_moved:
        outbox.put_back(Message.objects.filter(about=guest.invitation.about))
    guest_list.follow(guest.event, at, concerned(party))
    verb = gettext_noop("brought back on the list")
    activity.record(guest.event, by, verb, guest.name, at=at, about=guest.about)
    return guest


def _take_seats(event: Event, party: list[Guest]) -> None:
    wanted = sum(row.answer == Guest.Answer.YES for row in party)
    if wanted > seats.of(event).left:
        for row in party:
            if row.answer == Guest.Answer.YES:
                row.answer = Guest.Answer.WAITLISTED


def obstacles(guest_ids: Collection[int]) -> dict[int, str]:
    """Who of these cannot be taken off the list, and why, in three queries."""
    people = Guest.objects.filter(pk__in=guest_ids)
    names = dict(people.values_list("pk", "name"))
    inside = Admission.objects.filter(
        guest__in=names, action=Admission.Action.IN, closed_at=None
    )
    paid = Settlement.objects.filter(
        obligation__guest__in=names, donation__state__in=GIVEN
    )
    held = Trophy.objects.filter(guest__in=names, released_at=None)
    reasons = {}
    for found, words in (
        (inside.values_list("guest", flat=True), _("%(name)s is inside.")),
        (paid.values_list("obligation__guest", flat=True), _("%(name)s has paid.")),
        (held.values_list("guest", flat=True), _("%(name)s has a trophy here.")),
    ):
        for guest_id in found:
            reasons.setdefault(guest_id, words % {"name": names[guest_id]})
    return reasons
