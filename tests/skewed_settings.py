"""Settings of a process whose clock is CLOCK_OFF_HOURS off, all the while it lives.

Within the process, because libfaketime 0.9.10 makes Python 3.11 wait for hours: it
tells another time to who sets an alarm, and not to who waits for it.
"""

import os
from datetime import UTC, datetime, timedelta

import time_machine

from tests.fault_settings import *

_off = timedelta(hours=int(os.environ["CLOCK_OFF_HOURS"]))
time_machine.travel(datetime.now(UTC) + _off, tick=True).start()
