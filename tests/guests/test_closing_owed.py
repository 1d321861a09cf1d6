"""Before a night is signed off, what people may still owe is known and decided."""

import pytest
from django.utils import timezone

from events.models import Event
from guests import closing
from guests.door import settle
from losers_lounge.stand_in.server import StandIn
from tests.factories import make_category, make_user
from tests.guests.doorstep import admit
from tests.guests.night import make_nominated_guest, win
from tests.guests.pledging import pledged, wins
from tests.guests.test_closing import all_go_home, open_items


@pytest.mark.django_db(transaction=True)
def test_a_saved_card_that_was_not_charged_is_decided_on_too(
    event: Event, stand_in: StandIn
) -> None:
    """Its owner never came: any other such winner is asked for nothing."""
    absent, at = pledged(stand_in, event), timezone.now()
    wins(absent)
    wins(make_nominated_guest(event, make_category(event)))
    assert open_items(event) == {"owed": 1}
    [row] = closing.undecided(event)
    assert (row.guest, row.has_card) == (absent, True)
    settle.keep([row.pk], by=make_user(), at=at)
    assert open_items(event) == {}


@pytest.mark.django_db
def test_whether_somebody_who_was_here_owes_has_to_be_known(event: Event) -> None:
    category, absent = make_category(event), make_category(event)
    guest = make_nominated_guest(event, category)
    make_nominated_guest(event, absent)
    assert open_items(event) == {}
    admit(guest)
    all_go_home(event)
    assert open_items(event) == {"results": 1}
    [item] = [item for item in closing.checklist(event) if item.key == "results"]
    assert item.open == (category.name,)
    win(category)
    assert open_items(event) == {}
