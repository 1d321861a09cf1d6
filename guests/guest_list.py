"""Put people on the list: one by one or by the file, and link them to nominees."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from events import activity
from events.models import Event, Nominee, User
from events.nominations import CHANGED, NEW, REFUSED
from guests import guest_rows, obligations
from guests.guest_rows import PlannedGuest
from guests.models import Contact, Guest, Invitation
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
    there = _people_there(event)
    seen: dict[tuple[str, str], int] = {}
    planned = []
    for raw in rows:
        row = guest_rows.parse(raw["line"], raw["cells"])
        planned.append(row)
        if row.verdict == REFUSED:
            continue
        first = seen.setdefault((row.name_key, row.address), row.line)
        if first != row.line:
            row.verdict = REFUSED
            row.reason = _("The same person as on line %(line)d.") % {"line": first}
        else:
            guest_rows.judge(row, there.get(row.name_key, []))
    return GuestPlan(planned)


@transaction.atomic
def apply(event: Event, planned: GuestPlan, at: datetime) -> list[int]:
    """Write the plan's new and changed rows; returns the ids of the new guests."""
    Event.objects.select_for_update(of=("self",), no_key=True).get(pk=event.pk)
    new = [row for row in planned.rows if row.verdict == NEW]
    contacts = _contacts(event, planned.rows)
    added = []
    for start in range(0, len(new), BATCH):
        added += _insert(event, new[start : start + BATCH], contacts)
    for row in planned.rows:
        if row.verdict == CHANGED:
            _update(row, contacts)
    touched = link_nominees(event)
    obligations.bring_up_to_date(event, at, touched)
    return added


@transaction.atomic
def add(event: Event, row: PlannedGuest, *, by: User, at: datetime) -> Guest | None:
    """Add one person; None when somebody of that name and address is there."""
    planned = GuestPlan([row])
    guest_rows.judge(row, _people_there(event).get(row.name_key, []))
    if row.verdict != NEW:
        return None
    (guest_id,) = apply(event, planned, at)
    activity.record(event, by, "added a guest", row.name, at=at)
    return Guest.objects.get(pk=guest_id)


def link_nominees(event: Event) -> set[int]:
    """Link nominees to the one guest of their name; returns the linked nominees.

    Two guests of one name, or two nominees, are left for a person to decide.
    """
    free = Nominee.objects.filter(event=event).exclude(guests__removed_at=None)
    free = free | Nominee.objects.filter(event=event, guests=None)
    by_key = defaultdict(set)
    for nominee in free.distinct():
        for name in (nominee.name, *nominee.aliases):
            by_key[fold(name)].add(nominee.pk)
    people = defaultdict(list)
    unlinked = Guest.objects.on_the_list().filter(event=event, nominee=None)
    for pk, key in unlinked.filter(name_key__in=by_key).values_list("pk", "name_key"):
        people[key].append(pk)
    linked = set()
    for key, guests in people.items():
        nominees = by_key[key] - linked
        if len(guests) == len(nominees) == len(by_key[key]) == 1:
            (nominee_id,) = nominees
            Guest.objects.filter(pk=guests[0]).update(nominee_id=nominee_id)
            linked.add(nominee_id)
    return linked


@transaction.atomic
def link(guest_id: int, nominee_id: int, *, by: User, at: datetime) -> Guest:
    """Say by hand that this guest is that nominee, of the same event.

    Raises Guest.DoesNotExist or Nominee.DoesNotExist, also across events.
    """
    guest = Guest.objects.on_the_list().select_related("event").get(pk=guest_id)
    nominee = Nominee.objects.get(pk=nominee_id, event=guest.event)
    before = guest.nominee_id
    Guest.objects.filter(nominee=nominee).exclude(pk=guest.pk).update(nominee=None)
    guest.nominee = nominee
    guest.save(update_fields=["nominee"])
    obligations.bring_up_to_date(guest.event, at, {before, nominee.pk} - {None})
    activity.record(guest.event, by, "linked a nominee", nominee.name, at=at)
    return guest


def _people_there(event: Event) -> dict[str, list[dict[str, Any]]]:
    people = defaultdict(list)
    rows = Guest.objects.principals().filter(event=event).order_by("pk")
    fields = {
        "email": "invitation__contact__email",
        "phone": "invitation__contact__phone",
        "plus_ones": "invitation__plus_ones",
    }
    for values in rows.values_list(
        "pk", "name_key", "tags", "notes", "is_vip", *fields.values()
    ).iterator(BATCH):
        pk, key, tags, notes, is_vip, email, phone, plus_ones = values
        people[key].append(
            {
                "pk": pk,
                "tags": tags,
                "notes": notes,
                "is_vip": is_vip,
                "email": email,
                "phone": phone,
                "plus_ones": plus_ones,
            }
        )
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


def _insert(
    event: Event, rows: list[PlannedGuest], contacts: dict[tuple[str, str], Contact]
) -> list[int]:
    own = []
    fresh = []
    for row in rows:
        key = (row.address, fold(row.addressee))
        contact = contacts.get(key)
        if contact is None:
            contact = Contact(
                event=event, name=row.addressee, email=row.address, phone=row.phone
            )
            fresh.append(contact)
            if row.address:
                contacts[key] = contact
        own.append(contact)
    Contact.objects.bulk_create(fresh)
    invitations = Invitation.objects.bulk_create(
        Invitation(event=event, contact=contact, plus_ones=row.plus_ones)
        for row, contact in zip(rows, own, strict=True)
    )
    guests = Guest.objects.bulk_create(
        Guest(
            event=event,
            invitation=invitation,
            name=row.name,
            name_key=row.name_key,
            tags=row.tags,
            is_vip=row.is_vip,
            notes=row.notes,
        )
        for row, invitation in zip(rows, invitations, strict=True)
    )
    return [guest.pk for guest in guests]


def _update(row: PlannedGuest, contacts: dict[tuple[str, str], Contact]) -> None:
    guest = Guest.objects.select_related("invitation__contact").get(pk=row.guest_id)
    for name in ("tags", "notes", "is_vip"):
        if name in row.given:
            setattr(guest, name, getattr(row, name))
    guest.save(update_fields=["tags", "notes", "is_vip"])
    invitation, contact = guest.invitation, guest.invitation.contact
    if "plus_ones" in row.given:
        invitation.plus_ones = row.plus_ones
        invitation.save(update_fields=["plus_ones"])
    if "phone" in row.given:
        contact.phone = row.phone
    if row.address and not contact.email:
        contact.email, contact.name = row.address, row.addressee
    contact.save(update_fields=["name", "email", "phone"])
