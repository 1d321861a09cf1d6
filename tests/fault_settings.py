"""Settings of a house in which servers fall over: production's, but for time.

Beat looks for mail every second and for all else every three, files are served as they
are, and leases last seconds; they are still longer than what they cover.
"""

from pathlib import Path

from tests.chaos_settings import shorten_leases  # noqa: F401 (a worker runs it)
from tests.live_settings import *

CELERY_BEAT_SCHEDULE = {
    name: {**entry, "schedule": 1.0 if name.startswith("events.") else 3.0}
    for name, entry in CELERY_BEAT_SCHEDULE.items()
}
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TEMPLATES[0]["DIRS"].append(Path(__file__).resolve().parent / "templates")
