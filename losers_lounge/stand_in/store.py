"""Where the stand-in keeps its books: one SQLite table of JSON objects."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Object = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (account, kind, id)
);
CREATE INDEX IF NOT EXISTS objects_by_time ON objects (kind, at);
CREATE INDEX IF NOT EXISTS objects_in_order ON objects (account, kind, seq);
"""


@dataclass(frozen=True)
class Window:
    """Which rows of a kind, by time and by place in the order of arrival."""

    at_least: int | None = None
    at_most: int | None = None
    before: int | None = None
    after: int | None = None
    oldest_first: bool = False

    def clauses(self) -> tuple[str, list[int]]:
        """The SQL conditions and their values."""
        wanted = {
            "at >= ?": self.at_least,
            "at <= ?": self.at_most,
            "seq < ?": self.before,
            "seq > ?": self.after,
        }
        used = {sql: value for sql, value in wanted.items() if value is not None}
        return "".join(f" AND {sql}" for sql in used), list(used.values())


EVERYTHING = Window()


class Store:
    """Objects by account, kind and id, in the order of arrival."""

    def __init__(self, path: Path | str | None = None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing, and one thread at a time; may be nested."""
        with self._lock:
            name = f"level_{self._depth}"
            self._db.execute(f"SAVEPOINT {name}" if self._depth else "BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                self._db.execute(f"ROLLBACK TO {name}" if self._depth else "ROLLBACK")
                raise
            self._depth -= 1
            self._db.execute(f"RELEASE {name}" if self._depth else "COMMIT")

    def put(self, account: str, kind: str, body: Object, at: int) -> None:
        """Add an object, or replace the one of the same id in its place."""
        with self._lock:
            self._db.execute(
                "INSERT INTO objects (account, kind, id, at, body)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (account, kind, id)"
                " DO UPDATE SET at = excluded.at, body = excluded.body",
                (account, kind, body["id"], at, json.dumps(body)),
            )

    def save(self, account: str, body: Object) -> None:
        """Put a Stripe object, which knows its own kind and time."""
        self.put(account, body["object"], body, body["created"])

    def get(self, account: str, kind: str, object_id: str) -> Object | None:
        """One object, or None."""
        with self._lock:
            row = self._db.execute(
                "SELECT body FROM objects WHERE account = ? AND kind = ? AND id = ?",
                (account, kind, object_id),
            ).fetchone()
        return json.loads(row[0]) if row else None

    def place(self, account: str, kind: str, object_id: str) -> int | None:
        """Where in the order of arrival an object stands."""
        with self._lock:
            row = self._db.execute(
                "SELECT seq FROM objects WHERE account = ? AND kind = ? AND id = ?",
                (account, kind, object_id),
            ).fetchone()
        return row[0] if row else None

    def owner(self, kind: str, object_id: str) -> str | None:
        """The account that an object belongs to."""
        with self._lock:
            row = self._db.execute(
                "SELECT account FROM objects WHERE kind = ? AND id = ?",
                (kind, object_id),
            ).fetchone()
        return row[0] if row else None

    def rows(
        self, account: str, kind: str, window: Window = EVERYTHING
    ) -> Iterator[Object]:
        """Objects of a kind, newest first unless the window says otherwise.

        Read them inside a transaction: they are fetched as they are asked for.
        """
        conditions, values = window.clauses()
        order = "ASC" if window.oldest_first else "DESC"
        # Only the constants above are joined in; every value is bound.
        head = "SELECT body FROM objects WHERE account = ? AND kind = ?"
        sql = f"{head}{conditions} ORDER BY seq {order}"
        for (body,) in self._db.execute(sql, [account, kind, *values]):
            yield json.loads(body)

    def fields(self, account: str, kind: str, *names: str) -> list[tuple[Any, ...]]:
        """Some fields of every object of a kind, without reading the whole of each."""
        parts = ", ".join("json_extract(body, ?)" for _ in names)
        paths = [f"$.{name}" for name in names]
        # Only question marks are joined in; every value is bound.
        sql = f"SELECT {parts} FROM objects WHERE account = ? AND kind = ?"  # noqa: S608
        with self._lock:
            return self._db.execute(sql, [*paths, account, kind]).fetchall()

    def due(self, kind: str, at: int) -> list[tuple[str, Object]]:
        """Objects of a kind in any account whose time has come, oldest first."""
        with self._lock:
            found = self._db.execute(
                "SELECT account, body FROM objects WHERE kind = ? AND at <= ?"
                " ORDER BY seq",
                (kind, at),
            ).fetchall()
        return [(account, json.loads(body)) for account, body in found]

    def drop(self, account: str, kind: str, object_id: str) -> None:
        """Forget one object."""
        with self._lock:
            self._db.execute(
                "DELETE FROM objects WHERE account = ? AND kind = ? AND id = ?",
                (account, kind, object_id),
            )
