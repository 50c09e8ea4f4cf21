"""DATABASE_URL: its spellings, and servers that will not do."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from app.runtime.database import check_server
from app.runtime.errors import StartError
from app.runtime.postgres import throwaway_postgres
from config import database_address

SSL_REQUEST = 80877103
NO_SSL = b"N"


def message(kind: bytes, body: bytes) -> bytes:
    """A message as PostgreSQL's servers send it."""
    return kind + struct.pack("!I", len(body) + 4) + body


WELCOME = (
    message(b"R", struct.pack("!I", 0))
    + message(b"S", b"server_version\x0013.21\x00")
    + message(b"S", b"client_encoding\x00UTF8\x00")
    + message(b"Z", b"I")
)


@pytest.fixture
def old_server() -> Iterator[int]:
    """The port of a server that speaks PostgreSQL's protocol and says that it is version 13."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=welcome, args=(listener,))
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def welcome(listener: socket.socket) -> None:
    """Let one client in: refuse encryption if it asks, believe its password, and wait until it leaves."""
    connection, _ = listener.accept()
    with connection:
        while struct.unpack("!II", connection.recv(4096)[:8])[1] == SSL_REQUEST:
            connection.sendall(NO_SSL)
        connection.sendall(WELCOME)
        while connection.recv(4096):
            continue


@pytest.mark.parametrize("spelling", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_the_address_names_our_driver(spelling: str) -> None:
    assert database_address(f"{spelling}://me:secret@host/name") == "postgresql+psycopg://me:secret@host/name"


def test_server_that_is_new_enough_is_accepted() -> None:
    with throwaway_postgres() as url:
        check_server(url)


def test_server_that_is_too_old_is_refused(old_server: int) -> None:
    with pytest.raises(StartError, match=r"^DATABASE_URL leads to PostgreSQL 13: 14 or newer is needed\.$"):
        check_server(f"postgres://me:secret@127.0.0.1:{old_server}/name")


def test_unreachable_server_is_refused_without_telling_the_password(free_port: int) -> None:
    with pytest.raises(
        StartError, match=rf"^The database at 127\.0\.0\.1:{free_port}/name cannot be reached: "
    ) as refusal:
        check_server(f"postgresql://me:secret@127.0.0.1:{free_port}/name")
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/name", "postgresql://host:port/name"])
def test_address_that_is_none_of_postgres_is_refused(url: str) -> None:
    with pytest.raises(StartError, match=r"^DATABASE_URL "):
        check_server(url)
