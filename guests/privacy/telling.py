"""Everything this product holds of one person, as one JSON, and nobody else's.

Rows come by their keys; texts that others share (a digest, a receipt for two) have the
others' names taken out. Secrets are named, not told: who reads this file may be at
another desk than whom it is about.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Model, Q

from donations import personal as of_donations
from donations.models import (
    Dispute,
    DonationAttempt,
    DonationPart,
    FraudWarning,
    LedgerEntry,
    ManualGift,
    Receipt,
    Refund,
    Reward,
)
from events import personal as of_events
from events import suppression
from events.models import AccountActivity, Activity, Member, Message, Nominee
from guests import personal as of_guests
from guests.models import (
    Admission,
    DoorRequest,
    Guest,
    GuestMerge,
    GuestPledge,
    HandOver,
    ImportChange,
    LinkUse,
    NameRequest,
    Obligation,
    SeatOffer,
    Settlement,
    Surplus,
    Trophy,
    TrophyMove,
    TrophyOutcome,
    TrophyPhoto,
)
from guests.privacy import mentions
from guests.privacy.subject import Subject, events_of, find
from losers_lounge.names import fold
from losers_lounge.personal import told, withheld

TABLE = of_events.TABLE | of_donations.TABLE | of_guests.TABLE
VERB = "gave a person what is held of them"
SOMEBODY = "(somebody else)"
# By the way that leads from each table to a guest of theirs, or to a donation.
BY_GUEST: dict[type[Model], tuple[str, ...]] = {
    Admission: ("guest",),
    DoorRequest: ("guest",),
    GuestMerge: ("kept", "gone"),
    GuestPledge: ("guest",),
    HandOver: ("trophy__guest",),
    ImportChange: ("guest",),
    LinkUse: ("invitation__guests",),
    NameRequest: ("principal", "plus_one"),
    Obligation: ("guest",),
    SeatOffer: ("guest",),
    Settlement: ("obligation__guest",),
    Surplus: ("guest",),
    Trophy: ("guest",),
    TrophyMove: ("trophy__guest",),
    TrophyOutcome: ("guest",),
    TrophyPhoto: ("trophy__guest",),
}
BY_DONATION: tuple[type[Model], ...] = (
    *(Dispute, DonationAttempt, DonationPart, FraudWarning, LedgerEntry),
    *(ManualGift, Receipt, Refund, Reward),
)


def of(email: str, at: datetime) -> dict[str, Any]:
    """All rows of this address's person, by table; see `find` for who that is."""
    subject = find(email)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    others = _others(subject)
    for row in _rows(subject):
        data = mentions.taken_out(told(row, TABLE), others, SOMEBODY)
        found[row._meta.label].append(data)
    _add_uploads(found, subject)
    return {
        "email": email.strip(),
        "as_of": at.isoformat(),
        "is_unsubscribed": suppression.is_suppressed(email),
        "rows": {label: found[label] for label in sorted(found)},
        "not_told": sorted(withheld(TABLE)),
    }


def _rows(subject: Subject) -> Iterator[Model]:
    guests = [row.pk for row in subject.guests]
    donations = [row.pk for row in subject.donations]
    yield from (*subject.users, *subject.contacts, *subject.guests)
    yield from (*subject.invitations, *subject.donations, *subject.pledges)
    yield from _distinct(_letters(subject), subject.letters)
    for model, ways in BY_GUEST.items():
        hit = Q()
        for way in ways:
            hit |= Q(**{f"{way}__in": guests})
        yield from model.objects.filter(hit).distinct().order_by("pk")
    for model in BY_DONATION:
        yield from model.objects.filter(donation__in=donations).order_by("pk")
    yield from _given_for_them(subject)
    yield from Nominee.objects.filter(guests__in=guests).distinct()
    yield from Member.objects.filter(user__in=subject.users)
    yield from AccountActivity.objects.filter(user__in=subject.users)
    yield from _lines(subject)


def _given_for_them(subject: Subject) -> Iterator[Model]:
    """Their lines of what others gave; never who gave."""
    keys = {fold(name) for name in subject.names}
    for model in (DonationPart, Reward):
        rows = model.objects.filter(donation__in=subject.given_for_them)
        yield from (row for row in rows.order_by("pk") if fold(row.for_name) in keys)


def _letters(subject: Subject) -> Iterable[Message]:
    about = [row.about for row in (*subject.guests, *subject.invitations)]
    return Message.objects.filter(about__in=about).order_by("pk")


def _lines(subject: Subject) -> Iterable[Activity]:
    rows = (*subject.guests, *subject.invitations, *subject.contacts)
    about = [row.about for row in rows]
    about += [f"donation/{row.pk}" for row in subject.donations]
    said = Q(about__in=about) | Q(actor__in=subject.users)
    return Activity.objects.filter(said).order_by("pk")


def _distinct(*lists: Iterable[Model]) -> Iterator[Model]:
    seen = set()
    for rows in lists:
        for row in rows:
            if row.pk not in seen:
                seen.add(row.pk)
                yield row


def _others(subject: Subject) -> frozenset[str]:
    """Everybody else these rows may name: who shares an address, a gift, a letter."""
    contacts = {row.pk for row in subject.contacts}
    contacts |= {row.invitation.contact_id for row in subject.guests}
    near = Guest.objects.filter(invitation__contact__in=contacts)
    names = set(near.values_list("name", flat=True))
    names |= set(near.values_list("invitation__contact__name", flat=True))
    names |= set(near.values_list("invitation__contact__email", flat=True))
    for rows in (DonationPart, Reward):
        given = rows.objects.filter(donation__in=[row.pk for row in subject.donations])
        names |= set(given.values_list("for_name", flat=True))
    for line in _lines(subject):
        names.add(line.actor_name)
    mine = {fold(word) for word in subject.words}
    return frozenset(name for name in names if len(name) > 2 and fold(name) not in mine)


def _add_uploads(found: dict[str, list[dict[str, Any]]], subject: Subject) -> None:
    """Of uploads that wait, the lines that name them; never the whole file."""
    keys = {fold(word) for word in subject.words}
    runs = mentions.uploads(events_of(subject), subject.words)
    for run in runs.prefetch_related("parts"):
        lines = [
            row
            for part in run.parts.all()
            for row in part.rows
            if keys & {fold(str(cell)) for cell in row[1:]}
        ]
        if lines:
            found["guests.ImportPart"].append({"run": run.pk, "rows": lines})
