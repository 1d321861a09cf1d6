"""Planned guests become rows: a contact, an invitation and a person each."""

import json
from collections.abc import Iterable
from typing import Any

from events.models import Event
from guests.guest_list.reading import PlannedGuest
from guests.models import Contact, Guest, ImportChange, ImportRun, Invitation
from losers_lounge import bulk
from losers_lounge.links import make_lookup
from losers_lounge.names import fold

CONTACT = ("id", "event_id", "public_id", "name", "email", "phone", "is_assistant")
INVITATION = ("id", "event_id", "contact_id", "public_id", "plus_ones")
GUEST = (
    *("id", "event_id", "invitation_id", "public_id", "name", "aliases", "name_key"),
    *("match_key", "search_key", "tags", "is_vip", "notes", "added_by_id"),
)
# Whose column is which, in the words that ImportChange.before keeps.
OF_THE_GUEST = ("tags", "notes", "is_vip")
OF_THE_INVITATION = ("plus_ones",)
OF_THE_CONTACT = ("name", "email", "phone", "is_assistant")


def insert(
    event: Event, rows: list[PlannedGuest], run: ImportRun | None = None
) -> list[int]:
    """Write new people, in the transaction of the caller; returns their ids."""
    if not rows:
        return []
    contacts = _contacts(event, rows)
    invitation_ids = bulk.draw_ids(Invitation, len(rows))
    guest_ids = bulk.draw_ids(Guest, len(rows))
    bulk.insert(
        Invitation,
        INVITATION,
        (
            (number, event.pk, contact, make_lookup(), row.plus_ones)
            for number, contact, row in zip(invitation_ids, contacts, rows, strict=True)
        ),
    )
    run_id = run.pk if run else None
    bulk.insert(
        Guest,
        GUEST,
        (
            (number, event.pk, invitation, make_lookup(), *_columns(row), run_id)
            for number, invitation, row in zip(
                guest_ids, invitation_ids, rows, strict=True
            )
        ),
    )
    return guest_ids


def update(rows: list[PlannedGuest], run: ImportRun | None = None) -> set[int]:
    """Change the people these rows mean; returns the nominees among them.

    What they were before is kept with the run, so that it can be put back.
    """
    people = Guest.objects.select_related("invitation__contact").in_bulk(
        [row.guest_id for row in rows]
    )
    contacts: dict[int, Contact] = {}
    changes = []
    for row in rows:
        guest = people[row.guest_id]
        contact = contacts.setdefault(
            guest.invitation.contact_id, guest.invitation.contact
        )
        changed = dict(_change(row, guest, contact))
        if run is not None and changed:
            changes.append(ImportChange(run=run, guest=guest, before=changed))
    guests = list(people.values())
    rewrite(guests, *OF_THE_GUEST, *Guest.NAME_COLUMNS)
    rewrite([guest.invitation for guest in guests], *OF_THE_INVITATION)
    rewrite(list(contacts.values()), *OF_THE_CONTACT)
    ImportChange.objects.bulk_create(changes)
    return {guest.nominee_id for guest in guests} - {None}


def rewrite(rows: list[Any], *names: str) -> None:
    """These columns of rows that are there; bulk_update takes thirty times as long."""
    if rows:
        type(rows[0]).objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["pk"], update_fields=names
        )


def _columns(row: PlannedGuest) -> tuple[Any, ...]:
    """A new guest's own columns, from `name` to `notes`."""
    named = Guest.named(row.name, row.aliases)
    aliases = json.dumps(row.aliases) if row.aliases else "[]"
    tags = json.dumps(row.tags) if row.tags else "[]"
    keys = (named["name_key"], named["match_key"], named["search_key"])
    return row.name, aliases, *keys, tags, row.is_vip, row.notes


def _contacts(event: Event, rows: list[PlannedGuest]) -> list[int]:
    """The id of each row's contact; an agent's clients share one.

    A contact is an address with a name: whoever is known by both is nobody new.
    """
    known = _known(event, {row.address for row in rows if row.address})
    ids = iter(bulk.draw_ids(Contact, len(rows)))
    found, new, helpers = {}, [], set()
    own = []
    for row in rows:
        key = (row.address, fold(row.addressee))
        contact_id = found.get(key)
        if contact_id is None and key in known:
            contact_id = known[key].pk
            if row.has_assistant and not known[key].is_assistant:
                helpers.add(contact_id)
        elif contact_id is None:
            contact_id = next(ids)
            named = (row.addressee, row.address, row.phone, row.has_assistant)
            new.append((contact_id, event.pk, make_lookup(), *named))
        if row.address:
            found[key] = contact_id
        own.append(contact_id)
    bulk.insert(Contact, CONTACT, new)
    if helpers:
        Contact.objects.filter(pk__in=helpers).update(is_assistant=True)
    return own


def _known(event: Event, addresses: set[str]) -> dict[tuple[str, str], Contact]:
    """Contacts of these addresses, by address and name; of two alike the first."""
    rows = event.contacts.filter(email__in=bulk.Among(addresses)).order_by("-pk")
    return {(row.email, fold(row.name)): row for row in rows}


def _change(
    row: PlannedGuest, guest: Guest, contact: Contact
) -> Iterable[tuple[str, list[Any]]]:
    """Set what the row says; yields each column with what it was and became."""
    invitation = guest.invitation
    wanted = {name: getattr(row, name) for name in row.given if name != "email"}
    if row.address and not contact.email:
        wanted |= {"email": row.address, "name": row.addressee}
        wanted["is_assistant"] = row.has_assistant
    else:
        wanted.pop("name", None)
    aliases = _aliases(row, guest)
    if aliases != guest.aliases:
        yield "aliases", [guest.aliases, aliases]
        guest.call(guest.name, aliases)
    for owner, names in (
        (guest, OF_THE_GUEST),
        (invitation, OF_THE_INVITATION),
        (contact, OF_THE_CONTACT),
    ):
        for name in names:
            if name in wanted and wanted[name] != getattr(owner, name):
                yield name, [getattr(owner, name), wanted[name]]
                setattr(owner, name, wanted[name])


def _aliases(row: PlannedGuest, guest: Guest) -> list[str]:
    """The names this guest goes by too, with those the row adds."""
    known = {guest.name_key, *map(fold, guest.aliases)}
    return [*guest.aliases, *(name for name in row.aliases if fold(name) not in known)]
