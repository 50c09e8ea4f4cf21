"""The web server's port, and its worker processes."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.runtime.errors import StartError
from app.runtime.processes import wait_until
from app.runtime.serve import answers, check_port


def test_free_port_is_accepted(free_port: int) -> None:
    check_port("127.0.0.1", free_port)


@pytest.mark.parametrize("listening_on", ["127.0.0.1", "0.0.0.0"])  # A listener on every address.
def test_busy_port_is_refused(listening_on: str) -> None:
    with socket.create_server((listening_on, 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(StartError, match=rf"^Port {port} on 127\.0\.0\.1 is in use; set PORT to another\.$"):
            check_port("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 5000), ("nowhere.invalid", 5000), ("127.0.0.1", 70000)])
def test_address_that_cannot_be_listened_on_is_refused(host: str, port: int) -> None:
    with pytest.raises(
        StartError, match=rf"^The service cannot listen on {host}, port {port}.*[Ss]et HOST and PORT\.$"
    ):
        check_port(host, port)


def test_killed_server_leaves_no_worker(
    start_standin: Callable[..., Any], new_data_dir: Path, free_port: int, left_running: Callable[[Path], list[Any]]
) -> None:
    server = start_standin("web", str(new_data_dir), str(free_port))
    assert wait_until(lambda: answers("127.0.0.1", free_port), 20)
    workers = psutil.Process(server.pid).children(recursive=True)
    server.send_signal(signal.SIGKILL)
    server.communicate()
    assert len([each for each in workers if each.pid != os.getpid()]) >= 2
    assert wait_until(lambda: left_running(new_data_dir) == [], 10)


def test_dead_worker_is_replaced(
    start_standin: Callable[..., Any], new_data_dir: Path, free_port: int, left_running: Callable[[Path], list[Any]]
) -> None:
    server = start_standin("web", str(new_data_dir), str(free_port))
    assert wait_until(lambda: answers("127.0.0.1", free_port), 20)
    for worker in psutil.Process(server.pid).children():
        worker.kill()
    assert wait_until(lambda: answers("127.0.0.1", free_port), 20)
    server.terminate()
    assert server.communicate() is not None
    assert server.returncode == 0
