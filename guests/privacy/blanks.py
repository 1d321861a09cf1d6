"""What stays of a guest when who it was is forgotten: the row, its answer, its seat.

Each function takes rows that were chosen already (one person's, or an evening's) and
writes nothing twice, so that whoever is stopped half-way simply begins again.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Case, CharField, Exists, F, Model, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from guests.models import (
    Admission,
    Contact,
    DoorRequest,
    Guest,
    GuestMerge,
    HandOver,
    ImportChange,
    Invitation,
    KnownApart,
    LinkUse,
    NameRequest,
    Obligation,
    Surplus,
    Trophy,
    TrophyMove,
    TrophyOutcome,
    TrophyPhoto,
)
from guests.trophies import OWING
from losers_lounge.links import make_lookup

FORGOTTEN = "forgotten"
# Free text around one guest, by table and the way to the guest.
WORDS: dict[type[Model], tuple[str, dict[str, object]]] = {
    Admission: (
        "guest",
        dict.fromkeys(("reason", "by_name", "allowed_by", "looked_by_name"), ""),
    ),
    DoorRequest: (
        "guest",
        dict.fromkeys(
            ("name", "reason", "words", "asked_by_name", "decided_by_name"), ""
        ),
    ),
    Surplus: ("guest", {"chosen_by_name": ""}),
    TrophyOutcome: ("guest", {"words": "", "by_name": ""}),
    HandOver: (
        "trophy__guest",
        {
            **dict.fromkeys(("to", "identity", "asked_by_key", "code_hash"), ""),
            **dict.fromkeys(("asked_by_name", "done_by_name"), ""),
        },
    ),
}
# Rows that are nothing but a name, a picture or a browser.
GONE: dict[type[Model], tuple[str, ...]] = {
    TrophyPhoto: ("trophy__guest",),
    NameRequest: ("principal", "plus_one"),
    GuestMerge: ("kept", "gone"),
    KnownApart: ("first", "second"),
    ImportChange: ("guest",),
    LinkUse: ("invitation__guests",),
}
GUEST = {
    "tags": [],
    "notes": "",
    "dietary": "",
    "accessibility": "",
    "is_vip": False,
    "is_blocked": False,
    "added_by": None,
}


def about_guests(ids: Collection[int], at: datetime) -> None:
    """Forget everything that was said around these guests, but for the books' rows."""
    for model, (way, nothing) in WORDS.items():
        model.objects.filter(**{f"{way}__in": ids}).exclude(**nothing).update(**nothing)
    for model, ways in GONE.items():
        for way in ways:
            model.objects.filter(**{f"{way}__in": ids}).delete()
    _trophies(ids, at)
    _obligations(ids)


@transaction.atomic
def guests(rows: Sequence[Guest], at: datetime) -> int:
    """Forget who these were: "Guest 17", no tags, no notes, links that lead nowhere.

    A nominee's own row is the ballot's and stays; that this guest was they stays only
    where money is owed or paid for a win, with the reason it is owed for.
    """
    ids = [row.pk for row in rows]
    about_guests(ids, at)
    owing = Obligation.objects.filter(guest=OuterRef("pk"), state__in=OWING)
    Guest.objects.filter(pk__in=ids).exclude(Exists(owing)).update(nominee=None)
    for row in rows:
        row.call(f"Guest {row.pk}")
        row.public_id, row.erased_at = make_lookup(), at
        for name, value in GUEST.items():
            setattr(row, name, value)
    columns = [*Guest.NAME_COLUMNS, *GUEST, "public_id", "erased_at"]
    return Guest.objects.bulk_update(rows, columns, batch_size=250)


@transaction.atomic
def contacts(rows: Sequence[Contact], at: datetime) -> int:
    """Forget whom mail went to; their page's link leads nowhere."""
    for row in rows:
        row.name, row.email, row.phone = f"Contact {row.pk}", "", ""
        row.public_id, row.erased_at = make_lookup(), at
        row.link_version += 1
    columns = ["name", "email", "phone", "public_id", "link_version", "erased_at"]
    return Contact.objects.bulk_update(rows, columns, batch_size=250)


@transaction.atomic
def invitations(rows: Sequence[Invitation]) -> int:
    """Retire these links, in every browser and on every pass."""
    for row in rows:
        row.public_id, row.contact_may_give = make_lookup(), False
        row.link_version += 1
    columns = ["public_id", "contact_may_give", "link_version"]
    return Invitation.objects.bulk_update(rows, columns, batch_size=250)


def _trophies(ids: Collection[int], at: datetime) -> None:
    nothing = {"inscription": "", "condition": "", "received_by_name": ""}
    Trophy.objects.filter(guest__in=ids).update(
        **nothing,
        released_by_name="",
        released_to=Case(
            When(released_at=None, then=Value("")), default=Value(FORGOTTEN)
        ),
    )
    names = dict.fromkeys(("by_name", "second_name", "words"), "")
    moves = TrophyMove.objects.filter(trophy__guest__in=ids).exclude(**names)
    moves.update(**names, erased_at=Coalesce(F("erased_at"), at))


def _obligations(ids: Collection[int]) -> None:
    """Why somebody might have owed is forgotten; why somebody did is the books'."""
    rows = Obligation.objects.filter(guest__in=ids)
    rows.exclude(waived_reason="").update(waived_reason="")
    idle = rows.filter(state__in=[Obligation.State.DORMANT, Obligation.State.VOID])
    own_key = Concat(Value("erased/"), Cast("pk", CharField()))
    known = ~Q(written="") | Q(facts__isnull=False)
    idle.filter(known).update(written="", facts=None, cause=[], key=own_key)
