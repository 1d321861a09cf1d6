"""Statues come to the desk: under a tag, on a shelf, into the safe.

The owner's row is locked while a statue is taken in, the statue's row for whatever
happens to it after that; every act adds a line to its custody log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event, Nomination
from guests import letters
from guests.actors import Actor
from guests.models import Guest, Trophy, TrophyMove, TrophyPhoto
from guests.trophies import custody
from guests.trophies.tags import plain_tag

Action = TrophyMove.Action
# Nobody photographs one statue more often than this.
MOST_PHOTOS = 8


class TagInUse(Exception):
    """Another statue carries this tag."""


class TooManyTrophies(Exception):
    """Every statue this person won is already here, or this win is none of theirs."""


class SignedOff(Exception):
    """The night is over, and a host has said so: nothing comes in any more."""


class TooManyPhotos(Exception):
    """There are enough pictures of this trophy."""


@dataclass(frozen=True)
class Intake:
    """What somebody at the desk notes of a statue they take in.

    `photo` is a JPEG from `photo.as_jpeg`. Without a win named it is for the first
    whose statue is not here.
    """

    tag: str
    nomination_id: int | None = None
    shelf: str = ""
    inscription: str = ""
    condition: str = ""
    photo: bytes = b""


@transaction.atomic
def receive(guest_id: int, intake: Intake, *, by: Actor, at: datetime) -> Trophy:
    """Take a winner's statue in under a tag, and write to its owner how to fetch it.

    The same tag for the same guest again is the same statue. Raises TagInUse for
    somebody else's tag, TooManyTrophies beyond what was won, SignedOff after the
    night: who signs it takes every guest's lock.
    """
    guest = Guest.objects.locked().select_related("event").get(pk=guest_id)
    tag = plain_tag(intake.tag)
    standing = guest.event.trophies.filter(tag=tag, released_at=None).first()
    if standing is not None:
        if standing.guest_id == guest.pk:
            return standing
        raise TagInUse(tag)
    if guest.event.closings.standing().exists():
        raise SignedOff
    trophy = _put_away(guest, tag, intake, by, at)
    _write_down(trophy, intake.photo, by, at)
    return trophy


def _put_away(
    guest: Guest, tag: str, intake: Intake, by: Actor, at: datetime
) -> Trophy:
    """Save it for its win; another desk may have used the tag meanwhile."""
    win = _win_without_statue(guest, intake.nomination_id)
    if win is None:
        raise TooManyTrophies
    try:
        with transaction.atomic():
            return Trophy.objects.create(
                event=guest.event,
                guest=guest,
                nomination=win,
                tag=tag,
                shelf=intake.shelf,
                inscription=intake.inscription,
                condition=intake.condition,
                received_at=at,
                received_by=by.user,
                received_by_name=by.name,
            )
    except IntegrityError as error:
        raise TagInUse(tag) from error


def _write_down(trophy: Trophy, photo: bytes, by: Actor, at: datetime) -> None:
    """In the custody log and the event's, and to its owner how to fetch it."""
    guest, tag = trophy.guest, trophy.tag
    words = ", ".join(filter(None, [tag, trophy.shelf, trophy.condition]))
    custody.log(trophy, Action.RECEIVED, by=by, at=at, words=words)
    if photo:
        _keep(trophy, photo, by, at)
    verb, text = noop("took in a trophy"), f"{tag}, {guest}"
    activity.record(guest.event, by.logged, verb, text, at=at, about=guest.about)
    letters.post([letters.statue_in(trophy)], at)


def _win_without_statue(guest: Guest, nomination_id: int | None) -> Nomination | None:
    """The win named, or the first one, whose statue is not here."""
    if guest.nominee_id is None:
        return None
    here = guest.trophies.filter(released_at=None, nomination__isnull=False)
    wins = (
        Nomination.objects.filter(
            nominees=guest.nominee_id, outcome=Nomination.Outcome.WON
        )
        .exclude(pk__in=here.values("nomination"))
        .select_related("category")
        .order_by("category__order", "pk")
    )
    if nomination_id is not None:
        wins = wins.filter(pk=nomination_id)
    return wins.first()


@transaction.atomic
def photograph(trophy_id: int, photo: bytes, *, by: Actor, at: datetime) -> TrophyPhoto:
    """Keep one more picture of a statue. Raises TooManyPhotos."""
    trophy = custody.locked(trophy_id)
    if trophy.photos.count() >= MOST_PHOTOS:
        raise TooManyPhotos
    return _keep(trophy, photo, by, at)


def _keep(trophy: Trophy, photo: bytes, by: Actor, at: datetime) -> TrophyPhoto:
    row = trophy.photos.create(jpeg=photo, taken_at=at, by_name=by.name)
    custody.log(trophy, Action.PHOTOGRAPHED, by=by, at=at)
    return row


@transaction.atomic
def put_on_shelf(trophy_id: int, shelf: str, *, by: Actor, at: datetime) -> Trophy:
    """Note where a statue stands now; the same place again changes nothing.

    Raises custody.WentHome.
    """
    trophy = custody.locked(trophy_id)
    custody.check_here(trophy)
    if trophy.shelf != shelf:
        trophy.shelf = shelf
        trophy.save(update_fields=["shelf"])
        custody.log(trophy, Action.SHELVED, by=by, at=at, words=shelf)
    return trophy


@transaction.atomic
def to_safe(
    event: Event,
    trophy_ids: Sequence[int],
    *,
    by: Actor,
    at: datetime,
    second: str = "",
) -> list[Trophy]:
    """Put statues left overnight into the safe, with a receipt to each owner.

    Returns those that went in now: what went home or is in the safe already, and what
    is being handed over this minute, stays as it is.
    """
    rows = event.trophies.select_for_update(of=("self",), no_key=True)
    being_fetched = custody.open_ones(trophy_ids).values_list("trophy", flat=True)
    staying = rows.filter(pk__in=trophy_ids, released_at=None, safe_at=None)
    staying = list(staying.order_by("pk"))
    staying = [row for row in staying if row.pk not in set(being_fetched)]
    for trophy in staying:
        trophy.event, trophy.safe_at = event, at
        trophy.save(update_fields=["safe_at"])
        custody.log(trophy, Action.TO_SAFE, by=by, at=at, second=second)
    if staying:
        words = ", ".join(row.tag for row in staying)
        activity.record(
            event, by.logged, noop("put trophies into the safe"), words, at=at
        )
        letters.post(letters.statues_in_safe(staying), at)
    return staying
