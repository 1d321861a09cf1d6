"""The Celery app; tasks live in each app's tasks.py."""

import os

from celery import Celery
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "losers_lounge.settings")

app = Celery("losers_lounge")
# Addresses and the schedule, as CELERY_...
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    broker_connection_retry_on_startup=True,
    # A full Redis answers with an error, over which a worker would end.
    broker_channel_error_retry=True,
    # A worker that dies leaves its task to another; the row says what was done of it.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    # Who rings waits for nothing: what was not heard is swept up.
    task_publish_retry=False,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    timezone="UTC",
    beat_scheduler="losers_lounge.beat:OnlyBeat",
)
# Carries the request id of the page that rang the bell into the task's log lines.
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()
