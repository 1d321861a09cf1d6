"""What a paired phone knows when there is no network: sealed, and found by searching.

Of a person it holds what the door's card says, never an address, a number or a note;
no name stands in it in clear, and a phone opens only the rows it looked for.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from events.models import Event, Member
from guests.door.card import Card, cards
from guests.door.news import results_stamp
from guests.door.sealing import Seal, public_key
from guests.models import Device, Guest
from losers_lounge import links

PREFIX = 2


def tell_key(device: Device, key: str) -> None:
    """Seal for this public key from now on. Raises sealing.BadKey."""
    public_key(key)
    Device.objects.filter(pk=device.pk).update(public_key=key)


def snapshot(device: Device, at: datetime) -> dict[str, Any]:
    """The list of this phone's event as it is now, sealed for this phone alone.

    Eight queries, however long the list. Raises sealing.BadKey for a phone that has
    told no key.
    """
    event, as_of = device.event, at.isoformat()
    seal = Seal.made_for(device.public_key, f"{device.public_id}|{as_of}")
    # First the results: what is confirmed meanwhile is fetched again.
    results, guests = results_stamp(event), _people(event)
    party = _parties(guests)
    rows = [
        seal.sealed(number, row_of(card, party))
        for number, card in enumerate(cards(guests))
    ]
    return {
        "as_of": as_of,
        "results": results,
        "about": seal.about.decode(),
        "point": seal.point,
        "salt": seal.salt,
        "index": _index(seal, guests),
        "rows": rows,
        # In the place after the last row: whom a checker may name.
        "sheet": seal.sealed(len(rows), {"hosts": _hosts(event)}),
    }


def row_of(card: Card, party: dict[int, list[int]]) -> dict[str, Any]:
    """One person as the phone may know them; nothing else is ever sealed."""
    guest, decision = card.guest, card.decision
    companion = guest.plus_one_of
    return {
        "id": guest.pk,
        "name": guest.name,
        "keys": guest.search_key,
        "colour": decision.colour.value,
        "words": decision.words,
        "reasons": list(decision.reasons),
        "with": companion.name if companion else "",
        "inside": card.inside_since is not None,
        "party": [
            pk
            for pk in party[companion.pk if companion else guest.pk]
            if pk != guest.pk
        ],
    }


def _people(event: Event) -> list[Guest]:
    people = event.guests.on_the_list().select_related("plus_one_of", "invitation")
    # What is not read cannot be sealed by mistake.
    unread = ("notes", "dietary", "accessibility", "plus_one_of__notes")
    return list(people.defer(*unread).order_by("pk"))


def _parties(guests: list[Guest]) -> dict[int, list[int]]:
    """Everybody who came together, by whose party it is."""
    party = defaultdict(list)
    for guest in guests:
        party[guest.plus_one_of_id or guest.pk].append(guest.pk)
    return party


def _index(seal: Seal, guests: list[Guest]) -> dict[str, list[int]]:
    """Row numbers by the first two letters of each word of a name, and by the pass."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, guest in enumerate(guests):
        for start in {word[:PREFIX] for word in guest.search_key.split()}:
            found[start].append(number)
    index = {seal.tag("name", start): numbers for start, numbers in found.items()}
    for number, guest in enumerate(guests):
        index[seal.tag("guest", str(guest.pk))] = [number]
        version = guest.invitation.link_version
        token = links.make_token("pass", guest.public_id, version)
        index[seal.tag("pass", token)] = [number]
    # Sorted by tag, so that their order says nothing.
    return dict(sorted(index.items()))


def _hosts(event: Event) -> list[str]:
    hosts = event.members.filter(role=Member.Role.HOST).exclude(user__name="")
    return sorted(set(hosts.values_list("user__name", flat=True)))
