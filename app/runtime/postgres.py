"""The embedded PostgreSQL: a server of our own on a socket only we can open, living as long as we do."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from app.runtime.binaries import bin_folder_for
from app.runtime.cluster import QUIET_ENVIRONMENT, SUPERUSER, complaint_in, prepare_cluster
from app.runtime.errors import StartError
from app.runtime.home import Home, find_home, remove_home, socket_folder
from app.runtime.lock import DataFolderLock, withdraw
from app.runtime.processes import POLL_SECONDS, finish, spawn

START_SECONDS = 120  # Recovery after a crash is part of a start.
RELEASE_SECONDS = 20  # How long the last processes of a killed server may keep its memory.
STOP_SECONDS = 30
LARGEST_LOG = 5 * 2**20
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "max_parallel_workers_per_gather": "0",  # Containers give shared memory too small for parallel plans.
    "cluster_name": "open-event",
}
FORGETFUL_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 (only folders of names nobody can foresee are made in it)
ROOM_IN_MEMORY = 2 * 1024**3
STILL_OCCUPIED = ("pre-existing shared memory block", "already exists")


class EmbeddedPostgres:
    """A PostgreSQL server on a data folder, for `with` or `start` and `stop`.

    Start it in the main thread, which has to outlive it: on Linux the server ends with the thread that started it.
    With `durable=False` it is for throwing away: faster, and its files are gone after `stop`.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.data_dir = data_dir
        self.durable = durable
        self.was_killed = False  # Whether the last run on this data folder ended without cleaning up.
        self._lock = DataFolderLock(data_dir)
        self._home: Home | None = None
        self._socket: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> str:
        """Start the server and return its address for SQLAlchemy; raises StartError, leaving nothing running."""
        self._lock.acquire()
        self.data_dir = self.data_dir.resolve()
        self.was_killed = withdraw(self.data_dir)
        try:
            return self._start()
        except OSError as error:
            self.stop()
            raise StartError(f"PostgreSQL cannot be started: {error.strerror} ({error.filename}).") from error
        except BaseException:
            self.stop()
            raise

    def _start(self) -> str:
        home = self._home = find_home(self.data_dir)
        programs = bin_folder_for(home.account)
        prepare_cluster(home, programs, durable=self.durable)
        self._socket = socket_folder(home, self.data_dir)
        command = [str(programs / "postgres"), "-D", str(home.cluster), *self._options(self._socket)]
        deadline = time.monotonic() + RELEASE_SECONDS
        while complaint := self._try_to_start(command, home):
            if time.monotonic() > deadline or not any(mark in complaint for mark in STILL_OCCUPIED):
                raise StartError(f"PostgreSQL did not start on {home.cluster}: {complaint}")
            time.sleep(POLL_SECONDS)
        return f"postgresql+psycopg://{SUPERUSER}@/postgres?host={quote(str(self._socket))}&port=5432"

    def _options(self, socket: Path) -> list[str]:
        """Settings on the command line win over any file; quotes because a path may hold what separates paths."""
        quoted = '"' + str(socket).replace('"', '""') + '"'
        settings = SETTINGS | {"unix_socket_directories": quoted} | ({} if self.durable else FORGETFUL_SETTINGS)
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _try_to_start(self, command: list[str], home: Home) -> str:
        """Start the server once; empty when it is ready, else its complaint."""
        if home.log.exists() and home.log.stat().st_size > LARGEST_LOG:
            home.log.replace(home.log.with_suffix(".log.old"))
        with home.log.open("ab") as log:
            said_before = log.tell()
            try:
                self._process = spawn(
                    command,
                    environ=QUIET_ENVIRONMENT,
                    on_our_death=signal.SIGINT,
                    account=home.account,
                    folder=home.folder,
                    output=log.fileno(),
                )
            except OSError as error:
                return f"{error.strerror}."
        return "" if self._becomes_ready(home.cluster) else complaint_in(home.log, said_before)

    def _becomes_ready(self, cluster: Path) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while self.is_running() and time.monotonic() < deadline:
            if self._reports_ready(cluster / "postmaster.pid"):
                return True
            time.sleep(POLL_SECONDS / 2)
        return False

    def _reports_ready(self, pid_file: Path) -> bool:
        """PostgreSQL keeps its process in the first line of this file and its state in the last."""
        try:
            lines = pid_file.read_text().split()
        except OSError:
            return False
        pid = str(self._process.pid) if self._process else ""
        return bool(lines) and lines[0] == pid and lines[-1] == "ready"

    def is_running(self) -> bool:
        """Whether the server process lives."""
        return self._process is not None and self._process.poll() is None

    def check_running(self) -> None:
        """Raise StartError when the server process ended while nobody asked it to."""
        if not self.is_running():
            log = f"; {self._home.log} says why" if self._home else ""
            raise StartError(f"PostgreSQL ended unexpectedly{log}.")

    def stop(self) -> None:
        """End the server: by a fast shutdown or, where that takes too long, by force. Harmless when it does not run."""
        if self._process:
            finish(self._process, signal.SIGINT, STOP_SECONDS)
            self._process = None
        with contextlib.suppress(OSError):
            self._remove_socket_folder()
        if self._home and not self.durable:
            remove_home(self._home)
        self._lock.release()

    def _remove_socket_folder(self) -> None:
        if self._socket and self._home and self._socket.parent != self._home.folder:
            shutil.rmtree(self._socket)


@contextlib.contextmanager
def throwaway_postgres() -> Iterator[str]:
    """An empty server in a temporary folder for tests and measurements; its address for SQLAlchemy."""
    folder = Path(tempfile.mkdtemp(prefix="oes-", dir=_memory_folder()))
    folder.chmod(0o711)
    try:
        with EmbeddedPostgres(folder, durable=False) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _memory_folder() -> Path | None:
    """Where files stay in memory, if there is room: a new database takes some 20 ms there instead of 500."""
    try:
        roomy = shutil.disk_usage(SHARED_MEMORY).free >= ROOM_IN_MEMORY
    except OSError:
        return None
    return SHARED_MEMORY if roomy and os.access(SHARED_MEMORY, os.W_OK | os.X_OK) else None
