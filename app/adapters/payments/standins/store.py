"""What the stand-ins remember, in one SQLite file, so that payments outlive a restart."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FILE = "payments.sqlite3"
TABLES = """
CREATE TABLE IF NOT EXISTS objects (id TEXT PRIMARY KEY, account TEXT NOT NULL, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, asked TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL
);
"""


class Store:
    """Documents by their ids, each of one account, and answers by idempotency keys.

    Everything happens inside `transaction()`, one at a time: the providers' own order of things, made simple.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(folder / FILE, check_same_thread=False, isolation_level=None)
        self._connection.executescript(TABLES)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block happens, or nothing of it."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def put(self, account: str, document: dict[str, Any]) -> None:
        """Keep a document under its own `id`."""
        row = (document["id"], account, json.dumps(document))
        self._connection.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?)", row)

    def get(self, account: str | None, identifier: str) -> dict[str, Any] | None:
        """The document of an id, if it is this account's; anybody's when the account is None."""
        found = self.owned(identifier)
        return found[1] if found and account in (None, found[0]) else None

    def owned(self, identifier: str) -> tuple[str, dict[str, Any]] | None:
        """Whose a document is, and the document."""
        row = self._connection.execute("SELECT account, document FROM objects WHERE id = ?", (identifier,)).fetchone()
        return (row[0], json.loads(row[1])) if row else None

    def remember(self, key: str, asked: str, status: int, body: str) -> None:
        """Keep the answer that was given under an idempotency key, and what had been asked."""
        self._connection.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", (key, asked, status, body))

    def remembered(self, key: str) -> tuple[str, int, str] | None:
        """What was asked under an idempotency key, and the status and body of the answer."""
        row = self._connection.execute("SELECT asked, status, body FROM answers WHERE key = ?", (key,)).fetchone()
        return tuple(row) if row else None

    def close(self) -> None:
        """Let go of the file, once nobody is in the middle of something."""
        with self._lock:
            self._connection.close()
