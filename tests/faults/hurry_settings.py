"""Production's settings, in a hurry: see hurry.py. Static files lie in their rooms."""

from tests.live_settings import *
from tests.live_settings import CELERY_BEAT_SCHEDULE, INSTALLED_APPS, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.hurry.Hurry"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
EMAIL_TIMEOUT, EMAIL_DOT_TIMEOUT = 1, 2
# What walks all of Stripe's books, and what only sweeps.
LONG = ("donations.tasks.catch_up_events", "donations.tasks.reconcile")
for _name, _entry in CELERY_BEAT_SCHEDULE.items():
    _entry["schedule"] = 3.0 if _name in LONG else 1.0
