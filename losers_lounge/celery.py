"""The Celery app; tasks live in each app's tasks.py."""

import os

from celery import Celery
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "losers_lounge.settings")

app = Celery("losers_lounge")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Carries the request id of the page that rang the bell into the task's log lines.
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()
