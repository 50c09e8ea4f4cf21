"""The web server: granian with several processes of several threads each."""

from __future__ import annotations

import errno
import http.client
import signal
import socket
from importlib import import_module
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from app.runtime.errors import StartError
from app.runtime.processes import wait_until, watch_parent, watch_supervisor

TARGET = "app.wsgi:application"
KILL_SECONDS = 15  # Requests that take longer when the server ends are cut off.
PROBE_SECONDS = 1.0
RESPAWN_SECONDS = 0.5  # Between the replacements of workers that died.
HIGHEST_PORT = 65535
EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # Read, not bound.


def serve(host: str, port: int, *, workers: int, threads: int, target: str = TARGET) -> None:
    """Serve the WSGI application until SIGTERM or SIGINT; requests under way are finished.

    Raises StartError when the port is taken: granian itself would share it silently.
    """
    check_port(host, port)
    watch_supervisor()
    Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        respawn_interval=RESPAWN_SECONDS,
        workers_kill_timeout=KILL_SECONDS,
    ).serve(target_loader=load_application)


def load_application(target: str) -> Any:
    """The WSGI application, loaded in a worker process that ends when the server's main process is gone.

    Until granian installs its own handlers, signals have to end a worker: it inherited some that only take notes.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    watch_parent()
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


def check_port(host: str, port: int, *, patience_seconds: float = 0.0) -> None:
    """Make sure that we can listen; raises StartError when not. Waits a while for the last run to let go of the port.

    Asking for a connection finds listeners on all addresses, which on some systems do not keep us from listening.
    """
    if not 0 < port <= HIGHEST_PORT:
        raise StartError(_refusal(host, port, "there is no such port"))
    wait_until(lambda: _obstacle(host, port) != _in_use(host, port), patience_seconds)
    obstacle = _obstacle(host, port)
    if obstacle is not None:
        raise StartError(obstacle)


def _obstacle(host: str, port: int) -> str | None:
    """What keeps us from listening, as a sentence; None when nothing does."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        return _in_use(host, port) if taken else _refusal(host, port, error.strerror or str(error))
    return _in_use(host, port) if _is_answered(host, port) else None


def _in_use(host: str, port: int) -> str:
    return f"Port {port} on {host} is in use; set PORT to another."


def _refusal(host: str, port: int, reason: str) -> str:
    return f"The service cannot listen on {host}, port {port}: {reason}. Set HOST and PORT."


def _is_answered(host: str, port: int) -> bool:
    try:
        with socket.create_connection((reachable(host), port), timeout=PROBE_SECONDS):
            return True
    except OSError:
        return False


def reachable(host: str) -> str:
    """An address under which a server listening on `host` can be asked from this machine."""
    return EVERYWHERE.get(host, host)


def answers(host: str, port: int) -> bool:
    """Whether the web server gives HTTP answers, be they good or bad."""
    connection = http.client.HTTPConnection(reachable(host), port, timeout=PROBE_SECONDS)
    try:
        connection.request("GET", "/health")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
