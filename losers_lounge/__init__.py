"""Wiring, and leaves that import no app."""

from losers_lounge.celery import app as celery_app

__all__ = ["celery_app"]
