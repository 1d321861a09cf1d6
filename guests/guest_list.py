"""Put people on the list: one by one or by the file, and link them to nominees."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from events import activity
from events.models import Event, Nominee, User
from events.nominations import CHANGED, NEW, REFUSED
from guests import guest_rows, letters, obligations
from guests.guest_rows import PlannedGuest
from guests.models import Contact, Guest, Invitation
from losers_lounge import planner
from losers_lounge.names import fold

BATCH = 2_000


@dataclass
class GuestPlan:
    rows: list[PlannedGuest] = field(default_factory=list)

    def count(self, verdict: str) -> int:
        return sum(row.verdict == verdict for row in self.rows)


def plan(event: Event, rows: list[dict[str, Any]]) -> GuestPlan:
    """Say for each row what it would add, change or be refused for; writes nothing.

    `rows` are {"line": n, "cells": {column: text}}, as an import keeps them.
    """
    planned = [guest_rows.parse(raw["line"], raw["cells"]) for raw in rows]
    by_name: dict[str, list[PlannedGuest]] = defaultdict(list)
    seen: dict[tuple[str, str], int] = {}
    for row in planned:
        if row.verdict == REFUSED:
            continue
        first = seen.setdefault((row.name_key, row.address), row.line)
        if first != row.line:
            row.verdict = REFUSED
            row.reason = _("The same person as on line %(line)d.") % {"line": first}
        else:
            by_name[row.name_key].append(row)
    for key, people in _people_there(event, by_name).items():
        guest_rows.judge(by_name[key], people)
    return GuestPlan(planned)


@transaction.atomic
def apply(event: Event, planned: GuestPlan, at: datetime) -> list[int]:
    """Write the plan's new and changed rows; returns the ids of the new guests."""
    _lock(event)
    new = [row for row in planned.rows if row.verdict == NEW]
    changed = [row for row in planned.rows if row.verdict == CHANGED]
    contacts = _contacts(event, new)
    added = []
    for start in range(0, len(new), BATCH):
        added += _insert(event, new[start : start + BATCH], contacts)
    if len(new) >= BATCH:
        planner.look_again(Contact, Invitation, Guest)
    touched = set()
    for start in range(0, len(changed), BATCH):
        touched |= _update(changed[start : start + BATCH])
    follow(event, at, touched | link_nominees(event))
    return added


@transaction.atomic
def add(event: Event, row: PlannedGuest, *, by: User, at: datetime) -> Guest | None:
    """Add one person; None when somebody of that name and address is there."""
    _lock(event)
    for people in _people_there(event, {row.name_key}).values():
        guest_rows.judge([row], people)
    if row.verdict != NEW:
        return None
    (guest_id,) = apply(event, GuestPlan([row]), at)
    guest = Guest.objects.get(pk=guest_id)
    activity.record(event, by, "added a guest", row.name, at=at, about=guest.about)
    return guest


def follow(event: Event, at: datetime, nominee_ids: set[int] | None = None) -> None:
    """Bring up to date what these nominees owe, or everybody when none is named.

    Who has been invited hears of it; who has not reads it in the invitation.
    """
    brought = obligations.bring_up_to_date(event, at, nominee_ids)
    letters.post(letters.fresh_wins(brought), at)


def nominees(event: Event, *, on_the_list: bool) -> QuerySet[Nominee]:
    """The nominees who are guests too, or those who are not."""
    guests = Guest.objects.on_the_list().filter(nominee=OuterRef("pk"))
    return event.nominees.filter(Exists(guests) if on_the_list else ~Exists(guests))


@transaction.atomic
def set_blocked(guest_id: int, is_blocked: bool, *, by: User, at: datetime) -> Guest:
    """Shut the door to somebody, or open it again; the log says who did."""
    guest = Guest.objects.select_for_update(of=("self",), no_key=True).get(pk=guest_id)
    if guest.is_blocked != is_blocked:
        guest.is_blocked = is_blocked
        guest.save(update_fields=["is_blocked"])
        verb = "blocked" if is_blocked else "unblocked"
        activity.record(guest.event, by, verb, guest.name, at=at, about=guest.about)
    return guest


def link_nominees(event: Event) -> set[int]:
    """Link nominees to the one guest of their name; returns the linked nominees.

    Two guests of one name, or two nominees, are left for a person to decide.
    """
    by_key = defaultdict(set)
    for nominee in nominees(event, on_the_list=False):
        for name in (nominee.name, *nominee.aliases):
            by_key[fold(name)].add(nominee.pk)
    people = defaultdict(list)
    unlinked = Guest.objects.on_the_list().filter(event=event, nominee=None)
    for pk, key in unlinked.filter(name_key__in=by_key).values_list("pk", "name_key"):
        people[key].append(pk)
    linked = set()
    for key, guests in people.items():
        namesakes = by_key[key] - linked
        if len(guests) == len(namesakes) == len(by_key[key]) == 1:
            (nominee_id,) = namesakes
            Guest.objects.filter(pk=guests[0]).update(nominee_id=nominee_id)
            linked.add(nominee_id)
    return linked


@transaction.atomic
def link(guest_id: int, nominee_id: int, *, by: User, at: datetime) -> Guest:
    """Say by hand that this guest is that nominee, of the same event.

    Raises Guest.DoesNotExist or Nominee.DoesNotExist, also across events.
    """
    guest = (
        Guest.objects.on_the_list().select_related("event__charity").get(pk=guest_id)
    )
    _lock(guest.event)
    nominee = Nominee.objects.get(pk=nominee_id, event=guest.event)
    Guest.objects.filter(nominee=nominee).exclude(pk=guest.pk).update(nominee=None)
    guest.nominee = nominee
    guest.save(update_fields=["nominee"])
    follow(guest.event, at)
    verb, about = "linked a nominee", guest.about
    activity.record(guest.event, by, verb, nominee.name, at=at, about=about)
    return guest


def _lock(event: Event) -> None:
    Event.objects.select_for_update(of=("self",), no_key=True).get(pk=event.pk)


def _people_there(
    event: Event, keys: Collection[str]
) -> dict[str, list[dict[str, Any]]]:
    """The people of these names on the list, by name."""
    rows = Guest.objects.principals().filter(event=event).order_by("pk")
    if len(keys) < BATCH:
        rows = rows.filter(name_key__in=keys)
    people = defaultdict(list)
    for person in rows.values(
        *("pk", "name_key", "tags", "notes", "is_vip"),
        email=F("invitation__contact__email"),
        phone=F("invitation__contact__phone"),
        plus_ones=F("invitation__plus_ones"),
    ).iterator(BATCH):
        if person["name_key"] in keys:
            people[person["name_key"]].append(person)
    return people


def _contacts(event: Event, rows: list[PlannedGuest]) -> dict[tuple[str, str], Contact]:
    """The event's contacts by address and name; an agent's clients share one."""
    addresses = {row.address for row in rows if row.address}
    found = {}
    if len(addresses) < BATCH:
        known = event.contacts.filter(email__in=addresses)
    else:
        known = event.contacts.exclude(email="")
    for contact in known:
        found[contact.email, fold(contact.name)] = contact
    return found


def _own_contacts(
    event: Event, rows: list[PlannedGuest], contacts: dict[tuple[str, str], Contact]
) -> list[Contact]:
    """Each row's contact: a known one, or a new one that is not saved yet."""
    own = []
    for row in rows:
        is_own = row.addressee == row.name
        key = (row.address, row.name_key if is_own else fold(row.addressee))
        contact = contacts.get(key) or Contact(
            event_id=event.pk, name=row.addressee, email=row.address, phone=row.phone
        )
        if row.address:
            contacts[key] = contact
        own.append(contact)
    return own


def _insert(
    event: Event, rows: list[PlannedGuest], contacts: dict[tuple[str, str], Contact]
) -> list[int]:
    own = _own_contacts(event, rows, contacts)
    Contact.objects.bulk_create(
        {id(row): row for row in own if row.pk is None}.values()
    )
    invitations = Invitation.objects.bulk_create(
        Invitation(event_id=event.pk, contact_id=contact.pk, plus_ones=row.plus_ones)
        for row, contact in zip(rows, own, strict=True)
    )
    guests = Guest.objects.bulk_create(
        Guest(
            event_id=event.pk,
            invitation_id=invitation.pk,
            **Guest.named(row.name),
            tags=row.tags,
            is_vip=row.is_vip,
            notes=row.notes,
        )
        for row, invitation in zip(rows, invitations, strict=True)
    )
    return [guest.pk for guest in guests]


def _update(rows: list[PlannedGuest]) -> set[int]:
    """Change the people these rows mean; returns the nominees among them."""
    people = Guest.objects.select_related("invitation__contact").in_bulk(
        [row.guest_id for row in rows]
    )
    contacts: dict[int, Contact] = {}
    for row in rows:
        guest = people[row.guest_id]
        invitation = guest.invitation
        contact = contacts.setdefault(invitation.contact_id, invitation.contact)
        for owner, name in (
            *((guest, name) for name in ("tags", "notes", "is_vip")),
            (invitation, "plus_ones"),
            (contact, "phone"),
        ):
            if name in row.given:
                setattr(owner, name, getattr(row, name))
        if row.address and not contact.email:
            contact.email, contact.name = row.address, row.addressee
    _rewrite(list(people.values()), "tags", "notes", "is_vip")
    _rewrite([guest.invitation for guest in people.values()], "plus_ones")
    _rewrite(list(contacts.values()), "name", "email", "phone")
    return {guest.nominee_id for guest in people.values()} - {None}


def _rewrite(rows: list[Any], *names: str) -> None:
    """These columns of rows that are there; bulk_update takes thirty times as long."""
    type(rows[0]).objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["pk"], update_fields=names
    )
