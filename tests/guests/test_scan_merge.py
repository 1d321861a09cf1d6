"""Phones without network: whatever order their scans come in, the same rows stand.

`MERGE_EXAMPLES=2000` tries that many evenings instead of a few.
"""

import os
import random
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from guests import door
from guests.actors import Actor
from guests.door import standing
from guests.door.scans import Scan
from guests.models import Admission, Device, Guest
from tests.factories import make_event
from tests.guests.devices import make_device
from tests.guests.night import make_coming
from tests.guests.scanning import (
    AT,
    hand_in,
    minute,
    rows_of,
    scan,
)

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("MERGE_EXAMPLES", "30"))
IN, OUT, HOME = Admission.Action.IN, Admission.Action.OUT, Admission.Action.HOME
DENIED, UNDONE = Admission.Action.DENIED, Admission.Action.UNDONE


class Undo(Exception):
    """Ends a world without a trace."""


held = st.tuples(
    st.integers(0, 2),  # whom: the last one is blocked
    st.sampled_from([IN, IN, OUT, HOME]),
    st.integers(0, 6),  # when, so that two may press in the same moment
    st.integers(0, 2),  # which phone: the last one is shut out
    st.sampled_from(["", "Amy"]),  # on whose word
)
pressed = st.tuples(st.integers(0, 1), st.sampled_from([IN, OUT, UNDONE, DENIED, HOME]))


@settings(
    deadline=None,
    max_examples=EXAMPLES,
    # Making an evening smaller takes minutes; the one that failed is told as it is.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(pressed, max_size=4),
    st.lists(held, min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_any_order_and_grouping_of_delivery_makes_the_same_rows(
    presses: list[Any], scans: list[Any], chance: random.Random
) -> None:
    event = make_event(capacity=3)
    long_ago = {"answered_at": minute(-60)}
    people = [make_coming(event, **long_ago) for _ in range(2)]
    people.append(make_coming(event, is_blocked=True, **long_ago))
    phones = [make_device(event, name=name, claimed_at=AT) for name in "ABC"]
    Device.objects.filter(pk=phones[2].pk).update(revoked_at=AT)
    phones[2].refresh_from_db()
    deliveries = [
        (
            phones[phone],
            scan(people[who], at, action, f"n{n}", allowed_by=word, sequence=n),
        )
        for n, (who, action, at, phone, word) in enumerate(scans)
    ]
    shuffled = chance.sample(deliveries, len(deliveries))
    one_by_one = world(people, presses, [(phone, [one]) for phone, one in deliveries])

    assert world(people, presses, grouped(shuffled, chance)) == one_by_one
    twice = [*grouped(shuffled, chance), *grouped(deliveries, chance)]
    assert world(people, presses, twice) == one_by_one


def grouped(
    deliveries: Sequence[tuple[Device, Scan]], chance: random.Random
) -> list[tuple[Device, list[Scan]]]:
    """Handed in by some at once, in this order."""
    groups: list[tuple[Device, list[Scan]]] = []
    for phone, one in deliveries:
        if groups and groups[-1][0] == phone and chance.random() < 0.7:
            groups[-1][1].append(one)
        else:
            groups.append((phone, [one]))
    return groups


def world(
    people: list[Guest], presses: list[Any], groups: list[tuple[Device, list[Scan]]]
) -> Any:
    """What stands after these presses and deliveries; nothing of it is left behind."""
    found = None
    try:
        with transaction.atomic():
            by = Actor(name="Dot")
            for number, (who, action) in enumerate(presses):
                press(people[who], action, f"press {number}", by, number * 2)
            for phone, group in groups:
                hand_in(phone, *group)
                check(people)
            gone = Guest.objects.filter(pk__in=[row.pk for row in people])
            found = (rows_of(*people), list(gone.order_by("pk").values_list("gone_at")))
            raise Undo
    except Undo:
        return found


def press(guest: Guest, action: str, nonce: str, by: Actor, at: int) -> None:
    words = {"nonce": nonce, "by": by, "at": minute(at)}
    try:
        if action == IN:
            door.admit(guest.pk, event=guest.event, after_all=True, **words)
        elif action == DENIED:
            door.deny(guest.pk, reason="Will not pay", **words)
        else:
            door.close(guest.pk, action, **words)
    except (door.AlreadyInside, door.NotAdmitted):
        pass


def check(people: list[Guest]) -> None:
    """The count equals the rows, and nobody is inside twice."""
    inside = 0
    for guest in people:
        rows = list(guest.admissions.all())
        now = standing.fold(rows)
        still = [row for row in rows if row.action == IN and row.closed_at is None]
        assert still == ([now.inside] if now.inside else [])
        inside += len(still)
        guest.refresh_from_db()
        assert (guest.gone_at is not None) == (now.home is not None)
        assert not (guest.gone_at and still)
    assert door.inside_count(people[0].event) == inside
