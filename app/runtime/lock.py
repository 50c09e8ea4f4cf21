"""One service per data folder, and how other commands find the one that runs."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from pathlib import Path

from app.runtime.errors import StartError
from app.runtime.processes import wait_until

LOCK_NAME = "lock"
NOTICE_NAME = "runtime.json"
PATIENCE_SECONDS = 0.5  # A command that only looks whether the folder is held holds it for an instant.


class DataFolderLock:
    """Holds a data folder for this process; the system lets go of it when the process ends, however it ends."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the folder, making it where it is missing; raises StartError when it cannot be written or is taken."""
        descriptor = _open_for_writing(self._data_dir)
        if not wait_until(lambda: _take(descriptor), PATIENCE_SECONDS):
            holder = os.read(descriptor, 20).decode(errors="replace").strip()
            os.close(descriptor)
            raise StartError(_taken(self._data_dir, holder))
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go of the folder; harmless when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _taken(data_dir: Path, holder: str) -> str:
    return f"The data folder {data_dir} is in use by process {holder or '?'}: stop that one or set DATA_DIR to another."


def _open_for_writing(data_dir: Path) -> int:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        return os.open(data_dir / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StartError(f"The data folder {data_dir} cannot be written: {reason}. Set DATA_DIR.") from error


def is_held(data_dir: Path) -> bool:
    """Whether some process holds the data folder; raises StartError when we may not look."""
    try:
        descriptor = os.open(data_dir / LOCK_NAME, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StartError(f"The data folder {data_dir} cannot be used: {error.strerror}. Set DATA_DIR.") from error
    try:
        return not _take(descriptor)
    finally:
        os.close(descriptor)


def announce(data_dir: Path, url: str) -> None:
    """Tell other commands where the database of the running service is; only our account may read it."""
    path = data_dir / NOTICE_NAME
    path.touch(mode=0o600)
    path.write_text(json.dumps({"database_url": url, "pid": os.getpid()}))


def withdraw(data_dir: Path) -> bool:
    """Take the announcement back; whether there was one, which at a start means that the last run was killed."""
    with contextlib.suppress(FileNotFoundError):
        (data_dir / NOTICE_NAME).unlink()
        return True
    return False


def announced_url(data_dir: Path) -> str | None:
    """Where the database of the running service is, or None when no service has announced itself."""
    try:
        return str(json.loads((data_dir / NOTICE_NAME).read_text())["database_url"])
    except (OSError, ValueError, KeyError):
        return None
