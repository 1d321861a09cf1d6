"""Doors that stayed shut are written down, by number and without a name."""

import pytest
from structlog.testing import capture_logs

from events.models import Activity
from tests.conftest import signed_in
from tests.factories import make_member
from tests.security.scene import Scene

pytestmark = pytest.mark.django_db


def test_a_room_that_stayed_shut_is_written_down(scene: Scene) -> None:
    """Once an hour in the event's log; each time in the machine's."""
    door = scene.member("door")
    with capture_logs() as logs:
        for name in ("guests:guest_list", "guests:activity", "donations:dashboard"):
            assert door.get(scene.url(name)).status_code == 404
    told = [line for line in logs if line["event"] == "access_denied"]
    assert [line["account"] for line in told] == [door.user.pk] * 3
    assert all(door.user.name not in str(line) for line in told)
    line = Activity.objects.get(event=scene.event, verb="was kept out of a room")
    assert line.actor == door.user


def test_a_stranger_s_try_is_logged_and_is_no_line_of_the_event(scene: Scene) -> None:
    """Nobody outside can fill a host's log."""
    stranger = signed_in(make_member())
    with capture_logs() as logs:
        assert stranger.get(scene.url("guests:guest_list")).status_code == 404
        missing = scene.url("guests:guest_list", slug="no-such-night")
        assert stranger.get(missing).status_code == 404
    told = [line for line in logs if line["event"] == "access_denied"]
    assert len(told) == 2 and told[0] == told[1]
    assert not Activity.objects.filter(verb="was kept out of a room").exists()
