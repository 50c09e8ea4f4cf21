"""Which store this service uses."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from flask import current_app

from app.adapters.storage.local import LocalStorage
from app.adapters.storage.s3 import S3Storage


class Storage(Protocol):
    """A place for files, each under a key such as `tickets/12/ab34.pdf`; every method raises InvalidKey."""

    def put(self, key: str, data: bytes, content_type: str, *, public: bool = False) -> None:
        """Keep `data` under the key, replacing what was there."""

    def get(self, key: str) -> bytes:
        """What is kept under the key; raises FileMissing."""

    def copy(self, source: str, target: str) -> None:
        """Keep what is under `source` under `target` too, as a public file; raises FileMissing."""

    def delete(self, key: str) -> None:
        """Forget the key; no error when there is nothing."""

    def exists(self, key: str) -> bool:
        """Whether something is kept under the key."""


def storage() -> Storage:
    """The store of the current app: the bucket S3_BUCKET, or the folder DATA_DIR/files; made once for each app."""
    made: Storage | None = current_app.extensions.get("storage")
    if made is None:
        made = current_app.extensions["storage"] = _make()
    return made


def _make() -> Storage:
    config = current_app.config
    return S3Storage(config) if config["S3_BUCKET"] else LocalStorage(Path(config["DATA_DIR"]) / "files")
