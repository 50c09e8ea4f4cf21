"""The hooks server speaks Dredd's protocol: one JSON message per line, answered by the message as hooks left it."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.hooks.contract import free_port
from tests.hooks.run_hooks import load_source, serve

HOOKS = """
import dredd_hooks as hooks

@hooks.before_each
def sign(transaction):
    transaction["request"]["headers"]["Authorization"] = "JWT token"
"""


@pytest.fixture
def dredd(tmp_path: Path) -> Iterator[socket.socket]:
    """A connection to the server, as Dredd opens it; the server ends with it."""
    hookfile = tmp_path / "hooks_of_a_test.py"
    hookfile.write_text(HOOKS)
    port = free_port()
    server = Thread(target=serve, args=(port, [str(hookfile)]))
    server.start()
    connection = _connected(port)
    yield connection
    connection.close()
    server.join(timeout=10)
    sys.modules.pop(hookfile.name)
    assert not server.is_alive()


def _connected(port: int) -> socket.socket:
    deadline = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=10)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def exchange(connection: socket.socket, event: str) -> Any:
    """Send one message in two pieces, as Dredd does, and read the answer."""
    message = {"uuid": "1", "event": event, "data": {"name": "G > R > A", "request": {"headers": {}}}}
    connection.sendall(json.dumps(message).encode())
    connection.sendall(b"\n")
    return json.loads(connection.makefile("rb").readline())


def test_hook_changes_the_request(dredd: socket.socket) -> None:
    answer = exchange(dredd, "beforeEach")
    assert answer["uuid"] == "1"
    assert answer["data"]["request"]["headers"] == {"Authorization": "JWT token"}


def test_hundred_messages_take_less_than_a_second(dredd: socket.socket) -> None:
    # With delayed acknowledgements they would take four.
    began = time.monotonic()
    for _ in range(100):
        exchange(dredd, "afterEach")
    assert time.monotonic() - began < 1


def test_file_that_is_no_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportError):
        load_source("words", str(tmp_path / "words.txt"))
