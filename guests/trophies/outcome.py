"""Why a statue that was won is not at the desk, recorded and never assumed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Nomination
from guests.actors import Actor, HostDecides
from guests.models import Guest, Trophy, TrophyOutcome
from losers_lounge.telling import in_english

Outcome = TrophyOutcome.Outcome


class NotWon(Exception):
    """This person has not won that: there is no statue to speak of."""


class IsHere(Exception):
    """The statue is in custody; `trophy` says under which tag."""

    def __init__(self, trophy: Trophy) -> None:
        super().__init__(trophy.tag)
        self.trophy = trophy


@transaction.atomic
def record(
    guest_id: int,
    nomination_id: int,
    outcome: str,
    words: str,
    *,
    by: Actor,
    at: datetime,
) -> TrophyOutcome:
    """Say of a statue that was won why it is not here; the newest word stands.

    The same word again is the same row. The guest's row is locked, as it is when the
    door lets them in. Raises NotWon, IsHere, and HostDecides where somebody is let
    off by who is no host of the event or gives no reason.
    """
    guest = _locked(guest_id, nomination_id)
    if outcome == Outcome.LET_OFF and not (words and by.is_host_of(guest.event)):
        raise HostDecides
    standing = guest.trophy_outcomes.filter(nomination=nomination_id).last()
    if standing is not None and (standing.outcome, standing.words) == (outcome, words):
        return standing
    row = guest.trophy_outcomes.create(
        nomination_id=nomination_id,
        outcome=outcome,
        words=words,
        by_name=by.name[:200],
        at=at,
    )
    _log(guest, row, by, at)
    return row


def _locked(guest_id: int, nomination_id: int) -> Guest:
    """A winner of this, whose statue for it is not here."""
    guest = Guest.objects.locked().select_related("event").get(pk=guest_id)
    _check_won(guest, nomination_id)
    _check_absent(guest, nomination_id)
    return guest


def _check_won(guest: Guest, nomination_id: int) -> None:
    won = Nomination.objects.filter(
        pk=nomination_id, nominees=guest.nominee_id, outcome=Nomination.Outcome.WON
    )
    if guest.nominee_id is None or not won.exists():
        raise NotWon


def _check_absent(guest: Guest, nomination_id: int) -> None:
    here = guest.trophies.filter(nomination=nomination_id, released_at=None).first()
    if here is not None:
        raise IsHere(here)


def _log(guest: Guest, row: TrophyOutcome, by: Actor, at: datetime) -> None:
    said = f"{guest.name}, {in_english(row.get_outcome_display)}"
    text = ": ".join(filter(None, [said, row.words]))
    verb = noop("noted of a statue")
    activity.record(guest.event, by.logged, verb, text, at=at, about=guest.about)
