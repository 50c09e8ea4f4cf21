"""A folder with a space in its path, and the service in small on it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from app.runtime.postgres import EmbeddedPostgres
from app.runtime.processes import wait_until

ROOT = Path(__file__).resolve().parents[3]
STANDIN = Path(__file__).with_name("standin.py")
PATIENCE_SECONDS = 30.0


class Service:
    """A run of the stand-in service, as somebody at a terminal sees it."""

    def __init__(self, data_dir: Path, port: int, *web: str) -> None:
        self.data_dir = data_dir
        self.port = port
        self.process = start_standin("run", str(data_dir), str(port), *web)

    def await_answer(self) -> None:
        """Wait until the web server answers; fails the test with what was said when it never does."""
        assert wait_until(lambda: self.answer() is not None or self.process.poll() is not None, PATIENCE_SECONDS)
        assert self.process.poll() is None, self.process.communicate()

    def answer(self, path: str = "/") -> bytes | None:
        """What the web server answers, or None when it does not."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        except OSError:
            return None
        finally:
            connection.close()

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal, wait, and return exit code and all that was said."""
        self.process.send_signal(number)
        said, complaints = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode, said + complaints


def start_standin(*arguments: str) -> subprocess.Popen[str]:
    """Start the stand-in with our code importable."""
    return subprocess.Popen(
        [sys.executable, str(STANDIN), *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def processes_on(folder: Path) -> list[psutil.Process]:
    """The processes that name a folder in their command line or work below it, apart from this one."""
    return [each for each in psutil.process_iter() if each.pid != os.getpid() and _concerns(each, str(folder))]


def _concerns(process: psutil.Process, folder: str) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return folder in " ".join(process.cmdline()) or process.cwd().startswith(folder)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


@pytest.fixture(scope="session")
def ready_data() -> Iterator[Path]:
    """A data folder with an empty database in it, to be copied: making one takes a second."""
    with _folder_open_to_all() as folder:
        with EmbeddedPostgres(folder / "data"):
            pass
        yield folder / "data"


@pytest.fixture
def new_data_dir() -> Iterator[Path]:
    """A data folder that is not there yet, with a space in its path; nothing may be running on it afterwards."""
    with _folder_open_to_all() as folder:
        try:
            yield folder / "data"
            assert wait_until(lambda: not processes_on(folder), PATIENCE_SECONDS), processes_on(folder)
        finally:
            for process in processes_on(folder):
                process.kill()


@pytest.fixture
def data_dir(new_data_dir: Path, ready_data: Path) -> Path:
    """A data folder as an earlier run left it."""
    subprocess.run(["cp", "-a", ready_data, new_data_dir], check=True)
    return new_data_dir


@contextmanager
def _folder_open_to_all() -> Iterator[Path]:
    """A temporary folder that any account can pass through: tests may run as root, and PostgreSQL then does not."""
    with tempfile.TemporaryDirectory(prefix="oes tests ") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture
def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start_service(data_dir: Path, free_port: int) -> Iterator[Callable[..., Service]]:
    """Starts the stand-in service on the data folder; all that runs at the end is ended."""
    services: list[Service] = []

    def start(*web: str) -> Service:
        services.append(Service(data_dir, free_port, *web))
        return services[-1]

    yield start
    for service in services:
        if service.process.poll() is None:
            service.end(signal.SIGTERM)
        for stream in (service.process.stdout, service.process.stderr):
            assert stream is not None
            stream.close()


@pytest.fixture
def run_standin() -> Callable[..., tuple[int, str]]:
    """Runs the stand-in to its end: exit code and all it said."""

    def run(*arguments: str) -> tuple[int, str]:
        process = start_standin(*arguments)
        said, complaints = process.communicate(timeout=PATIENCE_SECONDS)
        return process.returncode, said + complaints

    return run


@pytest.fixture
def left_running(data_dir: Path) -> Callable[[], list[psutil.Process]]:
    """The processes on the data folder at this moment."""
    return lambda: processes_on(data_dir)
