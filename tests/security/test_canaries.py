"""What one may not see is listened for; and whatever sings is heard.

The walk that listens is tests/security/test_policy.py's.
"""

import pytest

from guests import letters
from guests.models import Mailing
from tests.guests.factories import make_guest
from tests.security import canaries
from tests.security.policy import PEOPLE
from tests.security.scene import Scene, make_scene

pytestmark = pytest.mark.django_db

ROOM = ("guests:overview", "get")


@pytest.fixture
def foreign() -> Scene:
    return make_scene(canaries.FOREIGN)


@pytest.mark.parametrize("person", PEOPLE)
def test_a_word_that_is_not_for_them_is_heard(person: str, foreign: Scene) -> None:
    """Of another event for everybody, of one's own what the design keeps from them."""
    words = {canaries.FOREIGN, foreign.winner.public_id}
    words |= set(canaries.HIDDEN.get(person, ()))
    words |= {canaries.OWN} if person in ("stranger", "anonymous") else set()
    words |= {canaries.OTHER_GUEST} if person in canaries.GUESTS else set()
    for word in words:
        found = canaries.heard(person, {ROOM: f"<p>{word}</p>"}, foreign)
        assert (word, ROOM) in found
    assert canaries.heard(person, {ROOM: "<p>Nothing</p>"}, foreign) == []


def test_every_secret_is_told_to_somebody() -> None:
    """Else nobody would miss it. Notes are shown on no page as they are stored."""
    secrets = {secret for hidden in canaries.HIDDEN.values() for secret in hidden}
    assert secrets - set().union(*canaries.TOLD.values()) == {"Peacock Notes"}


def test_a_mail_names_nobody_but_its_own_party() -> None:
    scene = make_scene()
    make_guest(scene.event, "Peacock Guest")
    plan = Mailing(event=scene.event, kind=Mailing.Kind.INVITATION)
    [draft] = letters.mailing(plan, [scene.winner.invitation])
    assert "Peacock" not in str(draft.context)
