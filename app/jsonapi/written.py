"""Resource objects that were written before, kept by plan, row and version.

A version is never used twice (`row_versions` in the migrations), not even by a transaction that was
rolled back, so that what is kept can be shown to whomever the same plan is for without reading the row.
"""

from __future__ import annotations

from threading import Lock

from flask import current_app

Key = tuple[str, int, int]  # The plan's fingerprint, the row's id, its version.
MOST_BYTES = 32 * 1024 * 1024


class Written:
    """The objects of one process; when they take too much room they are all forgotten."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._objects: dict[Key, bytes] = {}
        self._lock = Lock()
        self._most_bytes, self._bytes = most_bytes, 0

    def get(self, key: Key) -> bytes | None:
        """The object, if it is kept."""
        return self._objects.get(key)

    def keep(self, key: Key, written: bytes) -> None:
        """Keep an object."""
        with self._lock:
            if self._bytes + len(written) > self._most_bytes:
                self._objects.clear()
                self._bytes = 0
            if key not in self._objects:
                self._objects[key] = written
                self._bytes += len(written)


def written() -> Written:
    """The objects of the app at hand, which has one database."""
    kept: Written = current_app.extensions["written"]
    return kept
