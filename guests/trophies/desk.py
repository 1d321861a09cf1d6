"""Statues in custody: taken in under a tag, given back to a named person."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from events import activity
from events.models import Event, Nomination
from guests.actors import Actor
from guests.models import Guest, Obligation, Trophy

# Who won and is not exempt; a waived price still leaves the statue at the desk.
OWING = (Obligation.State.DUE, Obligation.State.WAIVED)


class TagInUse(Exception):
    """Another statue carries this tag."""


class TooManyTrophies(Exception):
    """Every statue this person won is already here."""


@transaction.atomic
def receive(
    guest_id: int, tag: str, *, shelf: str = "", by: Actor, at: datetime
) -> Trophy:
    """Take a winner's statue in under a tag.

    The same tag for the same guest again is the same statue. Raises TagInUse for
    somebody else's tag, TooManyTrophies beyond what the person has won.
    """
    guest = (
        Guest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("event")
        .get(pk=guest_id)
    )
    tag = tag.strip().upper()
    standing = Trophy.objects.filter(
        event_id=guest.event_id, tag=tag, released_at=None
    ).first()
    if standing is not None:
        if standing.guest_id == guest.pk:
            return standing
        raise TagInUse(tag)
    trophy = Trophy(guest=guest, tag=tag, shelf=shelf, received_at=at)
    trophy.received_by, trophy.received_by_name = by.user, by.name
    _put_away(trophy)
    words = f"{tag}, {guest}"
    activity.record(
        guest.event, by.logged, _("took in a trophy"), words, at=at, about=guest.about
    )
    return trophy


def _put_away(trophy: Trophy) -> None:
    """Save it for a win without a statue; another desk may have used the tag."""
    trophy.event_id = trophy.guest.event_id
    trophy.nomination = _win_without_statue(trophy.guest)
    if trophy.nomination is None:
        raise TooManyTrophies
    try:
        with transaction.atomic():
            trophy.save(force_insert=True)
    except IntegrityError as error:
        raise TagInUse(trophy.tag) from error


def _win_without_statue(guest: Guest) -> Nomination | None:
    """A win of this person whose statue is not here yet."""
    if guest.nominee_id is None:
        return None
    here = guest.trophies.filter(released_at=None, nomination__isnull=False)
    return (
        Nomination.objects.filter(
            nominees=guest.nominee_id, outcome=Nomination.Outcome.WON
        )
        .exclude(pk__in=here.values("nomination"))
        .order_by("category__order", "pk")
        .first()
    )


@transaction.atomic
def release(trophy_id: int, *, to: str, by: Actor, at: datetime) -> Trophy:
    """Give a statue back to a named person; giving it back again changes nothing."""
    rows = Trophy.objects.select_for_update(of=("self",), no_key=True)
    trophy = rows.select_related("event").get(pk=trophy_id)
    if trophy.released_at is not None:
        return trophy
    trophy.released_at, trophy.released_to = at, to
    trophy.released_by, trophy.released_by_name = by.user, by.name
    trophy.save(
        update_fields=[
            "released_at",
            "released_to",
            "released_by",
            "released_by_name",
        ]
    )
    activity.record(
        trophy.event,
        by.logged,
        _("gave back a trophy"),
        f"{trophy.tag}, {to}",
        at=at,
        about=f"guest/{trophy.guest_id}",
    )
    return trophy


def expected_count(event: Event) -> int:
    """Statues won by people who are coming or inside, and neither here nor back."""
    won = Nomination.nominees.through.objects.filter(
        nomination__category__event=event,
        nomination__outcome=Nomination.Outcome.WON,
        nominee__guests__answer=Guest.Answer.YES,
        nominee__guests__removed_at=None,
        nominee__guests__obligations__state__in=OWING,
    ).distinct()
    brought = Trophy.objects.filter(
        guest__nominee=OuterRef("nominee"), nomination=OuterRef("nomination")
    )
    return won.exclude(Exists(brought)).count()
