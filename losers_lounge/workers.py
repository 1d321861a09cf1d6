"""How workers take work: what settings.py tells Celery, beside its addresses."""

from typing import Any

CELERY = {
    "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP": True,
    # A full Redis answers with an error, over which a worker would end.
    "CELERY_BROKER_CHANNEL_ERROR_RETRY": True,
    # A worker that dies leaves its task to another; the row says what was done of it.
    "CELERY_TASK_ACKS_LATE": True,
    "CELERY_TASK_REJECT_ON_WORKER_LOST": True,
    "CELERY_TASK_IGNORE_RESULT": True,
    # Who rings waits for nothing: what was not heard is swept up.
    "CELERY_TASK_PUBLISH_RETRY": False,
    "CELERY_TASK_SERIALIZER": "json",
    "CELERY_ACCEPT_CONTENT": ["json"],
    "CELERY_WORKER_PREFETCH_MULTIPLIER": 1,
    "CELERY_WORKER_HIJACK_ROOT_LOGGER": False,
    "CELERY_WORKER_REDIRECT_STDOUTS": False,
    "CELERY_TIMEZONE": "UTC",
    "CELERY_BEAT_SCHEDULER": "losers_lounge.beat:OnlyBeat",
}


def transport_options(*, is_embedded: bool) -> dict[str, Any]:
    """What the way to the broker is told, in seconds; memory:// has no network."""
    if is_embedded:
        return {"polling_interval": 0.05}
    return {
        "visibility_timeout": 3600,
        "socket_timeout": 5,
        "socket_connect_timeout": 5,
        "health_check_interval": 30,
        "retry_on_timeout": True,
    }
