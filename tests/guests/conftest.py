"""Who comes to the desks of the night."""

import pytest

from events.models import Event
from guests.models import Guest
from tests.factories import make_category
from tests.guests.night import make_nominated_guest, win


@pytest.fixture
def winner(event: Event) -> Guest:
    """Vince has won, has not paid, and holds his trophy."""
    category = make_category(event, "Outstanding Drama Series")
    guest = make_nominated_guest(event, category, name="Vince")
    win(category, guest)
    return guest
