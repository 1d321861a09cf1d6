"""The demo's night in a folder of its own, and copies of it stopped at a moment."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time
from importlib import import_module
from pathlib import Path
from typing import Any

import django

from losers_lounge.demo import environment
from tests.servers import free_port

BEFORE_A_SECOND_PERSON, DOORS_OPEN = time(17, 36), time(20, 33)
# The demo takes this many ports, one after the other.
PORTS = 3


@contextmanager
def playing() -> Iterator[Any]:
    """tests.face.evening, once the demo runs: it may import what reads settings."""
    with tempfile.TemporaryDirectory(prefix="lounge-") as folder:
        environment.VAR = Path(folder)
        environment.prepare(["--port", str(free_port())])
        os.environ["DJANGO_SETTINGS_MODULE"] = "losers_lounge.settings"
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        django.setup()
        evening = import_module("tests.face.evening")
        with evening.open_for(Path(folder)):
            yield evening
