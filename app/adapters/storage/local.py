"""Files in a folder of this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.adapters.atomic import write_atomically
from app.adapters.storage.keys import FileMissing, StorageUnavailable, checked_key, is_public

PRIVATE_MODE = 0o600
PUBLIC_MODE = 0o644  # A web server in front, running as another user, may read these.


@dataclass(frozen=True)
class LocalStorage:
    """Keeps each file at its key below `folder`; a folder knows no content types, so they are not kept."""

    folder: Path

    def put(self, key: str, data: bytes, content_type: str, *, public: bool = False) -> None:
        """Keep `data` under the key, replacing what was there; readers see the old file or the new one whole."""
        self._write(key, data, mode=PUBLIC_MODE if public else PRIVATE_MODE)

    def get(self, key: str) -> bytes:
        """What is kept under the key; raises FileMissing."""
        try:
            return self._path(key).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise FileMissing(key) from error

    def copy(self, source_key: str, target_key: str) -> None:
        """Keep a copy under another key, replacing what was there; public below `media/`. Raises FileMissing."""
        mode = PUBLIC_MODE if is_public(target_key) else PRIVATE_MODE
        self._write(target_key, self.get(source_key), mode=mode)

    def delete(self, key: str) -> None:
        """Forget the key; no error when there is nothing."""
        self._path(key).unlink(missing_ok=True)

    def exists(self, key: str) -> bool:
        """Whether something is kept under the key."""
        return self._path(key).is_file()

    def _write(self, key: str, data: bytes, *, mode: int) -> None:
        try:
            write_atomically(self._path(key), data, mode=mode)
        except OSError as error:  # No room, say, or a folder that may not be written.
            raise StorageUnavailable(f"{key}: {error.strerror}") from error

    def _path(self, key: str) -> Path:
        return self.folder / checked_key(key)
