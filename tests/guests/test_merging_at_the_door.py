"""Two rows become one at the desks too: statues, what was said of them, requests."""

import pytest
from django.utils import timezone

from events.models import Event
from guests import door
from guests.models import Admission, DoorRequest, Guest, TrophyOutcome
from guests.trophies import outcome
from tests.factories import make_category
from tests.guests.doorstep import admit, close
from tests.guests.factories import make_guest
from tests.guests.merges import merge, picture, unmerge
from tests.guests.night import make_coming
from tests.guests.statues import actor, begin, make_winner_of, moves, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def winner(event: Event) -> Guest:
    return make_winner_of(event, make_category(event), make_category(event))


def say_of(guest: Guest, said: str = "later") -> TrophyOutcome:
    won = guest.nominee.nominations.last()
    return outcome.record(guest.pk, won.pk, said, "", by=actor(), at=timezone.now())


def ask(guest: Guest) -> DoorRequest:
    return DoorRequest.objects.create(
        event=guest.event,
        kind="waiver",
        guest=guest,
        name=guest.name,
        nonce=f"n{guest.pk}",
        asked_at=timezone.now(),
        asked_by_name="Dot",
    )


def test_a_statue_and_its_story_go_with_the_person(event: Event, winner: Guest) -> None:
    kept = make_coming(event)
    trophy = receive(winner)
    row, said = begin(trophy), say_of(winner)

    merge(kept, winner)

    for mine in (trophy, said):
        mine.refresh_from_db()
        assert mine.guest == kept
    assert row.trophy == trophy
    assert moves(trophy) == ["received", "asked"]
    here, late = door.card(kept).statues
    assert (here.trophy, late.outcome) == (trophy, said)


def test_all_of_it_is_taken_back(event: Event, winner: Guest) -> None:
    kept = make_coming(event)
    receive(winner)
    say_of(winner)
    ask(winner)
    ask(kept)
    admit(kept, "k1")
    close(kept, Admission.Action.HOME, "k2")
    admit(winner_in(winner), "w1")
    before = picture(event)

    row = merge(kept, winner)

    kept.refresh_from_db()
    assert kept.gone_at is None, "the one person is inside"
    assert door.card(kept).inside_since is not None
    requests = kept.door_requests.values_list("state", flat=True)
    assert sorted(requests) == ["open", "withdrawn"]
    unmerge(row)
    assert picture(event) == before


def winner_in(winner: Guest) -> Guest:
    """Excused and let off: they may come in."""
    for won in winner.nominee.nominations.all():
        if not winner.trophies.filter(nomination=won).exists():
            said = {"by": actor(), "at": timezone.now()}
            outcome.record(winner.pk, won.pk, "no_statue", "", **said)
    winner.obligations.update(state="waived", waived_at=timezone.now())
    return winner


def test_what_was_said_since_goes_with_the_winner(event: Event, winner: Guest) -> None:
    kept = make_guest(event)
    row = merge(kept, winner)
    said = say_of(kept)

    unmerge(row)

    said.refresh_from_db()
    assert said.guest == winner
