"""Settings of a worker process that a test starts: the run's own, and letters."""

from pathlib import Path

from losers_lounge.settings import *
from losers_lounge.settings import TEMPLATES

TEMPLATES[0]["DIRS"].append(Path(__file__).resolve().parent / "templates")
