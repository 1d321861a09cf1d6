"""Everything in one process: web, worker, beat, Stripe's stand-in and a mail relay.

The same code as in production; only the addresses differ.
"""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import celery.worker.state
from aiosmtpd.controller import Controller
from celery.beat import Scheduler, Service
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

from losers_lounge.celery import app
from losers_lounge.demo.maildir import KeepMail
from losers_lounge.stand_in.server import StandIn
from losers_lounge.wsgi import application

WORKER_THREADS = 4
STOPS_WITHIN = 10.0


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """The pages log themselves; a second line per request helps nobody."""


class EmbeddedLounge:
    """The whole lounge on loopback addresses taken from settings."""

    def __init__(self, *, mail: Path, stripe: Path) -> None:
        self.mail, self.stripe = mail, stripe
        self._stops: list[Callable[[], None]] = []
        # At which the demo's donors act; a test may have one of its own.
        self.stand_in: StandIn | None = None

    def start(self) -> None:
        """Start what pages and tasks lean on first; OSError when a port is taken."""
        try:
            self._start_relay()
            self._start_stand_in()
            self._start_worker()
            self._start_beat()
            self._start_web()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop in reverse order; every thread has ended when this returns."""
        while self._stops:
            self._stops.pop()()

    def _start_relay(self) -> None:
        relay = Controller(
            KeepMail(self.mail), hostname=settings.EMAIL_HOST, port=settings.EMAIL_PORT
        )
        relay.start()
        self._stops.append(relay.stop)

    def _start_stand_in(self) -> None:
        stand_in = StandIn(
            urlsplit(settings.STRIPE_API_BASE).port,
            webhook_url=f"{settings.SITE_URL}/stripe/webhook/",
            webhook_secret=settings.STRIPE_WEBHOOK_SECRETS[0],
            path=self.stripe,
        )
        stand_in.start()
        self.stand_in = stand_in
        self._stops.append(stand_in.stop)

    def _start_worker(self) -> None:
        celery.worker.state.should_stop = None
        worker = app.Worker(
            pool="threads",
            concurrency=WORKER_THREADS,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
            loglevel=logging.WARNING,
        )
        thread = threading.Thread(target=worker.start, daemon=True)
        thread.start()

        def stop() -> None:
            celery.worker.state.should_stop = 0
            # A broadcast wakes the loop, which would look again in two seconds.
            app.control.broadcast("ping")
            thread.join(STOPS_WITHIN)

        self._stops.append(stop)

    def _start_beat(self) -> None:
        beat = Service(app, scheduler_cls=Scheduler)
        thread = threading.Thread(
            target=beat.start, kwargs={"embedded_process": False}, daemon=True
        )
        thread.start()

        def stop() -> None:
            beat.stop(wait=False)
            thread.join(1)

        self._stops.append(stop)

    def _start_web(self) -> None:
        site = urlsplit(settings.SITE_URL)
        server = ThreadedWSGIServer((site.hostname, site.port), QuietHandler)
        server.set_app(application)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()

        def stop() -> None:
            server.shutdown()
            server.server_close()

        self._stops.append(stop)
