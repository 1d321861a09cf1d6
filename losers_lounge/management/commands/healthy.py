"""`manage.py healthy web|worker|beat`: for supervisors, which restart what is not."""

import socket
from argparse import ArgumentParser
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from events import health, heartbeats

ANSWERS_WITHIN = 5


class Command(BaseCommand):
    help = (
        "web: the process answers /healthz at --bind. worker: some worker has answered "
        "beat's last pings. beat: it still pings. Exits with 1 when it does not; when "
        "the database cannot be asked, that is nobody's fault here and exits with 0."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["web", "worker", "beat"])
        parser.add_argument(
            "--bind",
            default="127.0.0.1:8000",
            help="web: as gunicorn is told, host:port or unix:/path",
        )

    def handle(self, *, what: str, bind: str, **options: Any) -> None:
        try:
            match what:
                case "web":
                    check_web(bind)
                case "worker" if heartbeats.is_deaf():
                    raise CommandError("No worker has answered a ping for 3 minutes.")
                case "beat" if heartbeats.BEAT in health.silences():
                    raise CommandError("Beat has not pinged for 3 minutes.")
        except Error as error:
            self.stderr.write(f"Cannot tell: {type(error).__name__}")
        else:
            self.stdout.write(f"{what}: healthy")


def check_web(bind: str) -> None:
    """CommandError unless a web server answers here, a redirect to https included."""
    web = HTTPConnection(bind.removeprefix("unix:"), timeout=ANSWERS_WITHIN)
    try:
        if bind.startswith("unix:"):
            web.sock = socket.socket(socket.AF_UNIX)
            web.sock.settimeout(ANSWERS_WITHIN)
            web.sock.connect(bind.removeprefix("unix:"))
        host = urlsplit(settings.SITE_URL).netloc
        web.request("GET", "/healthz", headers={"Host": host})
        status = web.getresponse().status
    except (OSError, HTTPException) as error:
        raise CommandError(f"Nobody answers at {bind}: {error}") from error
    finally:
        web.close()
    if status >= 500:
        raise CommandError(f"{bind} answers {status}.")
