"""Production's settings, with one address more: a view that does one SELECT."""

from tests.live_settings import *

ROOT_URLCONF = "tests.crowd_urls"
