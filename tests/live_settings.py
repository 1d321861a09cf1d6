"""Production's settings for the processes that a journey runs against.

Only what a journey cannot wait for or must not leave behind differs: where static
files are collected, how often beat looks, and passwords that factories made fast.
"""

import os
from pathlib import Path

from losers_lounge.settings import *
from losers_lounge.settings import CELERY_BEAT_SCHEDULE, EMBEDDED

STATIC_ROOT = Path(os.environ["LIVE_STATIC_ROOT"])
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.MD5PasswordHasher",
]
if not EMBEDDED:
    for _entry in CELERY_BEAT_SCHEDULE.values():
        _entry["schedule"] = 2.0
