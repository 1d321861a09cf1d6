"""Settings of the processes of a restore drill: beat rings for what could leave."""

from tests.live_settings import *
from tests.live_settings import CELERY_BEAT_SCHEDULE

RUNG_FOR = (
    "events.tasks.answer_ping",
    "events.tasks.sweep_outbox",
    "guests.tasks.follow_pledges",
    "donations.tasks.sweep_returns",
    "donations.tasks.process_owed_events",
)
CELERY_BEAT_SCHEDULE = {name: CELERY_BEAT_SCHEDULE[name] for name in RUNG_FOR}
