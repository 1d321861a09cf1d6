"""The clock of the periodic jobs: of several beats one strikes, and the others wait."""

from typing import Any

import structlog
from celery.beat import PersistentScheduler
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections

from losers_lounge.periodic import key_of

logger = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 1.0


class OnlyBeat(PersistentScheduler):
    """Celery's scheduler, silent while another beat holds the database's lock.

    The lock belongs to a connection of its own: the server frees it when its holder
    dies, and the next beat goes on within seconds. While the database is away nobody
    strikes: every periodic job begins by reading a row. SQLite has one beat.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self.guard = connections.create_connection(DEFAULT_DB_ALIAS)
        self.holds = False
        super().__init__(*args, **options)

    def tick(self, *args: Any, **options: Any) -> float:
        """Send what is due; the seconds until somebody has to look again."""
        if not self.is_mine():
            return LOOK_AGAIN_SECONDS
        return super().tick(*args, **options)

    def is_mine(self) -> bool:
        """Whether this beat is the one; a lock that was lost is asked for again."""
        if self.guard.vendor != "postgresql":
            return True
        question = "SELECT true" if self.holds else "SELECT pg_try_advisory_lock(%s)"
        try:
            with self.guard.cursor() as cursor:
                cursor.execute(question, None if self.holds else [key_of("beat")])
                [(now_mine,)] = cursor.fetchall()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("beat.no_database", why=type(error).__name__)
            self.guard.close()
            now_mine = False
        if now_mine and not self.holds:
            logger.info("beat.begins")
        self.holds = now_mine
        return now_mine

    def close(self) -> None:
        self.guard.close()
        super().close()
