"""Which store this service uses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from flask import current_app

from app.adapters.storage.keys import KEPT_HERE, is_public
from app.adapters.storage.local import LocalStorage
from app.adapters.storage.media import media_type
from app.adapters.storage.s3 import S3Storage


class Storage(Protocol):
    """A place for files, each under a key such as `tickets/12/ab34.pdf`.

    Every method raises InvalidKey, and StorageUnavailable where nothing can be kept or read at the moment.
    """

    def put(self, key: str, data: bytes, content_type: str, *, public: bool = False) -> None:
        """Keep `data` under the key, replacing what was there."""

    def get(self, key: str) -> bytes:
        """What is kept under the key; raises FileMissing."""

    def copy(self, source_key: str, target_key: str) -> None:
        """Keep a copy under another key, replacing what was there; public below `media/`. Raises FileMissing."""

    def delete(self, key: str) -> None:
        """Forget the key; no error when there is nothing."""

    def exists(self, key: str) -> bool:
        """Whether something is kept under the key."""


class BucketAndFolder(S3Storage):
    """A bucket, but for the few public files that have to stay on this machine."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Connect to the bucket; the folder is the one that would be used without it."""
        super().__init__(config)
        self._here = _folder(config)

    def put(self, key: str, data: bytes, content_type: str, *, public: bool = False) -> None:
        if _stays_here(key):
            self._here.put(key, data, content_type, public=public)
        else:
            super().put(key, data, content_type, public=public)

    def get(self, key: str) -> bytes:
        return self._here.get(key) if _stays_here(key) else super().get(key)

    def copy(self, source_key: str, target_key: str) -> None:
        if _stays_here(source_key) or _stays_here(target_key):
            self.put(target_key, self.get(source_key), media_type(source_key), public=is_public(target_key))
        else:
            super().copy(source_key, target_key)

    def delete(self, key: str) -> None:
        if _stays_here(key):
            self._here.delete(key)
        else:
            super().delete(key)

    def exists(self, key: str) -> bool:
        return self._here.exists(key) if _stays_here(key) else super().exists(key)


def _stays_here(key: str) -> bool:
    return key.startswith(KEPT_HERE)


def storage() -> Storage:
    """The store of the current app: the bucket S3_BUCKET, or the folder DATA_DIR/files; made once for each app."""
    made: Storage | None = current_app.extensions.get("storage")
    if made is None:
        made = current_app.extensions["storage"] = _make()
    return made


def _make() -> Storage:
    config = current_app.config
    return BucketAndFolder(config) if config["S3_BUCKET"] else _folder(config)


def _folder(config: Mapping[str, Any]) -> LocalStorage:
    return LocalStorage(Path(config["DATA_DIR"]) / "files")
