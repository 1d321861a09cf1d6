"""What production's formatter writes of whatever a test does."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from losers_lounge.logs import logging_config


@contextmanager
def log_lines() -> Iterator[io.StringIO]:
    """Everything from every logger, at INFO: one JSON line each."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    config = logging_config(stream, "INFO")["formatters"]["json"]
    handler.setFormatter(config.pop("()")(**config))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
