"""Settings of the workers and beats of a wave in which much goes wrong.

Production's, but for time: leases of seconds, and a sweep at every one of them.
"""

from typing import Any

from celery.signals import celeryd_after_setup

from tests.worker_settings import *

SWEEP = "events.tasks.sweep_outbox"
CELERY_BEAT_SCHEDULE = {SWEEP: {"task": SWEEP, "schedule": 1.0}}


@celeryd_after_setup.connect
def shorten_leases(sender: str, conf: Any, **kwargs: Any) -> None:
    """Still longer than what they cover: phases of a second, and one for the dot."""
    # No models without an app.
    from events.outbox import outcomes

    outcomes.PHASES_BEFORE_THE_DOT = 4
    outcomes.MARGIN_SECONDS = 2
