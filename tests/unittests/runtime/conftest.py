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
        self.process = launch_standin("run", str(data_dir), str(port), *web)

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


def launch_standin(*arguments: str) -> subprocess.Popen[str]:
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
def used_data_dir() -> Iterator[Path]:
    """A data folder with an empty database in it, as an earlier run left it."""
    with _folder_open_to_all() as folder:
        with EmbeddedPostgres(folder / "data"):
            pass
        yield folder / "data"


@pytest.fixture
def data_dir(used_data_dir: Path) -> Iterator[Path]:
    """That data folder for one test after the other, which is faster; nothing may be running on it afterwards."""
    with _nothing_left_in(used_data_dir):
        yield used_data_dir


@pytest.fixture
def damaged_data_dir(used_data_dir: Path) -> Iterator[Path]:
    """A copy of it for a test that damages it."""
    with _folder_open_to_all() as folder, _nothing_left_in(folder):
        _copy(used_data_dir, folder / "data")
        yield folder / "data"


@pytest.fixture
def new_data_dir() -> Iterator[Path]:
    """A data folder that is not there yet."""
    with _folder_open_to_all() as folder, _nothing_left_in(folder):
        yield folder / "data"


@contextmanager
def _nothing_left_in(folder: Path) -> Iterator[None]:
    try:
        yield
        assert wait_until(lambda: not processes_on(folder), PATIENCE_SECONDS), processes_on(folder)
    finally:
        for process in processes_on(folder):
            process.kill()


def _copy(source: Path, target: Path) -> None:
    """A copy that keeps the owner, which is not us where root runs the tests."""
    subprocess.run(["cp", "-a", source, target], check=True)


@contextmanager
def _folder_open_to_all() -> Iterator[Path]:
    """A temporary folder with a space in its path that any account can pass through: tests may run as root, and PostgreSQL then does not."""
    with tempfile.TemporaryDirectory(prefix="oes tests ") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture
def free_port() -> int:
    """A port nobody listens on."""
    return _free_port()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def running_service(used_data_dir: Path) -> Iterator[Service]:
    """The stand-in service for tests that only look at it."""
    with _folder_open_to_all() as folder:
        _copy(used_data_dir, folder / "data")
        service = Service(folder / "data", _free_port())
        service.await_answer()
        yield service
        service.end(signal.SIGTERM)


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
def start_standin() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a process of the stand-in; those that run at the end are killed."""
    processes: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        processes.append(launch_standin(*arguments))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture
def run_standin() -> Callable[..., tuple[int, str]]:
    """Runs the stand-in to its end: exit code and all it said."""

    def run(*arguments: str) -> tuple[int, str]:
        process = launch_standin(*arguments)
        said, complaints = process.communicate(timeout=PATIENCE_SECONDS)
        return process.returncode, said + complaints

    return run


@pytest.fixture
def left_running() -> Callable[[Path], list[psutil.Process]]:
    """Looks for processes on a data folder."""
    return processes_on
