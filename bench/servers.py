"""The two servers of a run: the service, and the raw answers by the same server program under the same settings."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.runtime.processes import finish, spawn, wait_until
from app.runtime.serve import TARGET, answers
from bench.client import HOST

PUBLIC_URL = "https://api.example.org"
WORKERS = 2
THREADS = 8
RAW = "bench.raw:application"
START_SECONDS = 60.0
STOP_SECONDS = 10.0
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Server:
    """A running web server."""

    name: str
    port: int
    pid: int
    log: Path


class ServerFailed(Exception):
    """A server did not start; the message quotes what it said."""


def environment(url: str, folder: Path) -> dict[str, str]:
    """Production's settings, but for limits a benchmark exceeds on purpose: they are counted and never reached."""
    unlimited = ("SIGN_IN", "SIGN_IN_ACCOUNT", "TOKEN", "MAIL")
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "ENVIRONMENT": "production",
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "PUBLIC_URL": PUBLIC_URL,
        "SECRET_KEY": secrets.token_urlsafe(48),
        **{f"RATE_LIMIT_{name}": "1000000 per minute" for name in unlimited},
    }


@contextlib.contextmanager
def running(name: str, target: str, environ: Mapping[str, str], folder: Path) -> Iterator[Server]:
    """The server of one WSGI application, for as long as the block runs; raises ServerFailed."""
    port, log = free_port(), folder / f"{name}.log"
    process = launch(target, port, environ, log)
    try:
        _wait_until_it_answers(name, process, port, log)
        yield Server(name, port, process.pid, log)
    finally:
        finish(process, signal.SIGTERM, STOP_SECONDS)


def launch(target: str, port: int, environ: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start the server of one WSGI application, which does not answer yet; what it says is added to the log."""
    command = [sys.executable, "-m", "bench.serve", target, str(port), str(WORKERS), str(THREADS)]
    with log.open("ab") as output:
        return spawn(command, environ=environ, on_our_death=signal.SIGTERM, folder=ROOT, output=output.fileno())


def _wait_until_it_answers(name: str, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    wait_until(lambda: process.poll() is not None or answers(HOST, port), START_SECONDS)
    if process.poll() is not None or not answers(HOST, port):
        raise ServerFailed(f"The {name} server did not start: {log.read_text(errors='replace')[-2000:]}")


def service(environ: Mapping[str, str], folder: Path) -> contextlib.AbstractContextManager[Server]:
    """The service as production runs it."""
    return running("app", TARGET, environ, folder)


def raw(environ: Mapping[str, str], shapes: Path, folder: Path) -> contextlib.AbstractContextManager[Server]:
    """The raw answers in the shapes of this file."""
    return running("raw", RAW, {**environ, "BENCH_SHAPES": str(shapes)}, folder)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
