"""Resource objects that were written before, kept by plan, row and version.

A version is never used twice (`row_versions` in the migrations), not even by a transaction that was
rolled back, so that what is kept can be shown to whomever the same plan is for without reading the row.
"""

from __future__ import annotations

from threading import Lock

from flask import current_app

Key = tuple[str, int, int]  # The plan's fingerprint, the row's id, its version.
Place = tuple[str, int]  # The same without the version: of each row only the version written last is kept.
MOST_BYTES = 32 * 1024 * 1024


class Written:
    """The objects of one process; when they take too much room they are all forgotten."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._objects: dict[Place, tuple[int, bytes]] = {}
        self._lock = Lock()
        self._most_bytes, self._bytes = most_bytes, 0

    def get(self, key: Key) -> bytes | None:
        """The object, if it is kept."""
        fingerprint, id_, version = key
        known = self._objects.get((fingerprint, id_))
        return known[1] if known is not None and known[0] == version else None

    def has_any(self, fingerprint: str, id_: int) -> bool:
        """Whether the row is kept in some version: if not, there is no need to ask for its version."""
        return (fingerprint, id_) in self._objects

    def keep(self, key: Key, written: bytes) -> None:
        """Keep an object in place of what was kept of the row before."""
        fingerprint, id_, version = key
        place = (fingerprint, id_)
        with self._lock:
            if self._bytes + len(written) > self._most_bytes:
                self._objects.clear()
                self._bytes = 0
            _, former = self._objects.get(place, (0, b""))
            self._objects[place] = (version, written)
            self._bytes += len(written) - len(former)


def written() -> Written:
    """The objects of the app at hand, which has one database."""
    kept: Written = current_app.extensions["written"]
    return kept
