"""Where a test has the very process that comes by die. Refused in production.

after_sent      the mail is noted as sent, the queue has not heard of it
in_hand/17      message 17 is claimed: what the kernel does when memory runs out
"""

import os
import signal

from django.conf import settings


def strike(place: str) -> None:
    """End this process as a power failure does, if CHAOS_KILL names the place."""
    if place == settings.CHAOS_KILL:
        os.kill(os.getpid(), signal.SIGKILL)
