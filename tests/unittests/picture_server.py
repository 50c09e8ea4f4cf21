"""A store of the test's own, and a server on this machine that pictures are fetched from."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from app.edge import Service
from tests.unittests.factories.uploads import picture
from tests.unittests.serving import served

JPEG = picture("JPEG", (1600, 800))
ANSWERS = {"/photo.jpg": JPEG, "/other.jpg": picture("JPEG", (800, 1600)), "/page.html": b"<html></html>"}


class Pictures(BaseHTTPRequestHandler):
    """Answers with a picture, a page, or 404."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = ANSWERS.get(self.path.partition("?")[0])
        self.send_response(404 if body is None else 200)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture(scope="session")
def pictures_port() -> Iterator[int]:
    with served(Pictures) as port:
        yield port


@pytest.fixture
def elsewhere(app: Service, pictures_port: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the other server, from which the operator lets us fetch."""
    Pictures.asked.clear()
    monkeypatch.setitem(app.config, "FETCH_ALLOWED_HOSTS", (f"127.0.0.1:{pictures_port}",))
    return f"http://127.0.0.1:{pictures_port}"


@pytest.fixture(autouse=True)
def own_store(app: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this test's files are kept."""
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)
    app.extensions.pop("storage", None)
    yield tmp_path / "files"
    app.extensions.pop("storage", None)
