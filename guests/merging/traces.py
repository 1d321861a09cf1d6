"""What a merge changed, column by column, so that it can be put back.

Columns that only make sense together are put back together. What somebody has
written since is left as it is: putting back loses nothing that came later.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from guests.models import (
    Admission,
    DoorRequest,
    Guest,
    GuestPledge,
    Invitation,
    NameRequest,
    Obligation,
    SeatOffer,
    Settlement,
    Trophy,
    TrophyOutcome,
)

Values = dict[str, Any]
Rows = dict[str, dict[str, Values]]

# Kept first: a nominee leaves one row before the other takes them back.
TRACKED: dict[type[Model], tuple[tuple[str, ...], ...]] = {
    Guest: (
        Guest.NAME_COLUMNS,
        ("answer", "answered_at"),
        ("removed_at", "merged_into_id"),
        ("invitation_id", "plus_one_of_id", "public_id"),
        *((name,) for name in ("tags", "is_vip", "is_blocked", "notes")),
        *((name,) for name in ("dietary", "accessibility", "nominee_id")),
    ),
    Invitation: (
        ("contact_id", "contact_may_give"),
        ("plus_ones",),
        ("invited_at",),
        ("continues_as_id",),
    ),
    Obligation: (("guest_id",), ("state", "void_at")),
    Settlement: (("amount_cents",),),
    Admission: (("guest_id",),),
    Trophy: (("guest_id",),),
    TrophyOutcome: (("guest_id",),),
    DoorRequest: (("guest_id",), ("state", "decided_at")),
    SeatOffer: (("guest_id",), ("state", "closed_at")),
    NameRequest: (("principal_id",),),
    GuestPledge: (("guest_id",),),
}


def read(querysets: Iterable[QuerySet]) -> Rows:
    """The tracked columns of these rows as JSON's own values."""
    found: Rows = {}
    for rows in querysets:
        names = [name for group in TRACKED[rows.model] for name in group]
        part = found.setdefault(rows.model.__name__, {})
        for values in rows.order_by("pk").values("pk", *names):
            part[str(values.pop("pk"))] = {n: _plain(v) for n, v in values.items()}
    return found


def again(before: Rows) -> Rows:
    """The same rows as they are now."""
    return read(_rows(model, before) for model in TRACKED)


def changes(before: Rows, after: Rows) -> dict[str, dict[str, list[Values]]]:
    """By model and row what was and what is, where the two differ."""
    found: dict[str, dict[str, list[Values]]] = {}
    for model, rows in before.items():
        for pk, was in rows.items():
            now = after[model][pk]
            names = [name for name in was if was[name] != now[name]]
            if names:
                pair = [{name: side[name] for name in names} for side in (was, now)]
                found.setdefault(model, {})[pk] = pair
    return found


def put_back(changed: dict[str, dict[str, list[Values]]], first: int) -> None:
    """Write what was, wherever what the merge wrote still stands.

    The guest `first` goes before the others.
    """
    for model, groups in TRACKED.items():
        pairs = changed.get(model.__name__, {})
        rows = model._default_manager.in_bulk([int(pk) for pk in pairs])
        for pk in sorted(rows, key=lambda pk: (model is not Guest or pk != first, pk)):
            was, became = pairs[str(pk)]
            for group in groups:
                _put_back(rows[pk], [n for n in group if n in was], was, became)


def _put_back(row: Model, names: list[str], was: Values, became: Values) -> None:
    stands = all(_plain(getattr(row, name)) == became[name] for name in names)
    if not names or not stands:
        return
    for name in names:
        field = row._meta.get_field(name)
        is_time = field.get_internal_type() == "DateTimeField"
        value = field.to_python(was[name]) if is_time else was[name]
        setattr(row, name, value)
    row.save(update_fields=names)


def _rows(model: type[Model], before: Rows) -> QuerySet:
    return model._default_manager.filter(pk__in=before.get(model.__name__, {}))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
