"""kill -9 in the middle of a wave: nobody is forgotten, and nobody gets two."""

import signal
import subprocess
import sys
from collections import Counter

import pytest
from django.conf import settings

from guests import mailings
from guests.models import Mailing
from tests.factories import make_event
from tests.guests.factories import make_guest
from tests.guests.people import AT
from tests.workers import eventually, worker_environment

GUESTS, KILLS = 120, 3
WRITER = """
import django
django.setup()
from django.utils import timezone
from guests import mailings
from guests.mailings import writing
writing.BATCH = 4
while mailings.write_due(timezone.now()):
    pass
"""


def start_writer() -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER],
        cwd=settings.BASE_DIR,
        env=worker_environment(),
        start_new_session=True,
    )


@pytest.mark.django_db(transaction=True)
def test_a_wave_survives_its_writers_being_killed() -> None:
    event = make_event()
    for _ in range(GUESTS):
        make_guest(event)
    made = Mailing.objects.create(
        event=event,
        kind=Mailing.Kind.INVITATION,
        send_at=AT,
        created_at=AT,
        nonce="a wave",
        by_name="test",
    )
    for kill in range(1, KILLS + 1):
        writer = start_writer()
        goal = kill * GUESTS // (KILLS + 2)
        eventually(lambda goal=goal: event.messages.count() >= goal)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        made.refresh_from_db()
        assert made.written == event.messages.count()
    assert made.state == Mailing.State.WRITING
    mailings.write_due(AT)
    made.refresh_from_db()
    assert (made.state, made.written) == (Mailing.State.DONE, GUESTS)
    letters = Counter(event.messages.values_list("about", flat=True))
    assert len(letters) == GUESTS
    assert set(letters.values()) == {1}
    assert not event.invitations.filter(invited_at=None).exists()
