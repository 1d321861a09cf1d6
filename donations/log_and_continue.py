"""One row that cannot be worked on keeps no other waiting."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.db import connection

from donations.stripe_gateway import StripeError

logger = structlog.get_logger(__name__)


@contextmanager
def log_and_continue(what: str, **about: object) -> Iterator[None]:
    """Work on one row of many inside: what it raises is logged as `what`, and over.

    That Stripe does not answer is weather, and a line; anything else is a fault of
    ours, told with where it came from. A database that has gone raises, and so does
    want of memory: nothing could be worked on any more.
    """
    try:
        yield
    except StripeError as error:
        logger.warning(what, **about, error=str(error))
    except MemoryError:
        raise
    except Exception as error:
        # Rows are of many makes, and so is what breaks on one: the others go on.
        if not connection.is_usable():
            raise
        logger.exception(what, **about, error=type(error).__name__)
