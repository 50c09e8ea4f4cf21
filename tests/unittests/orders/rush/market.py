"""The service in processes of its own on a database of its own, and the crowd that comes to it."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import subprocess
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import insert, select

from app.extensions import db
from app.runtime.processes import finish, wait_until
from app.runtime.serve import answers
from app.users.models import User
from app.users.tokens import access_token
from bench import crowd
from bench.client import HOST, Answer, Request
from bench.database import plain_address
from bench.servers import free_port, launch

BUYERS = 200
PATIENCE_SECONDS = 60.0
RESTART_SECONDS = 0.1


class Market:
    """A web server of several processes, and two hundred people who may sign in to it."""

    def __init__(self, app: Flask, url: str, target: str, folder: Path) -> None:
        self.app, self.url = app, url
        self.port, self.log = free_port(), folder / f"{target}.log"
        self._target = target
        self._environ = {
            **os.environ,
            "ENVIRONMENT": "testing",
            "DATABASE_URL": url,
            "DATA_DIR": str(folder),
            "SECRET_KEY": app.config["SECRET_KEY"],
            "LOG_LEVEL": "WARNING",
        }
        self.process = self._launch()
        self.tokens = list(self._tokens())

    def _launch(self) -> subprocess.Popen[bytes]:
        return launch(self._target, self.port, self._environ, self.log)

    def await_answer(self) -> None:
        """Wait until the server answers; fails with what it said when it never does."""
        assert wait_until(lambda: answers(HOST, self.port), PATIENCE_SECONDS), self.log.read_text()

    def close(self) -> None:
        """End the server."""
        finish(self.process, signal.SIGTERM, PATIENCE_SECONDS)

    def _tokens(self) -> Iterator[str]:
        with self.session():
            rows = [
                {"email": f"buyer{number}@example.com", "password_hash": "!", "is_verified": True}
                for number in range(BUYERS)
            ]
            db.session.execute(insert(User), rows)
            yield from (access_token(user) for user in db.session.scalars(select(User).order_by(User.id)))

    @contextmanager
    def session(self) -> Iterator[None]:
        """A session on the market's database that is committed in the end."""
        with self.app.app_context():
            yield
            db.session.commit()

    def ask(self, statement: str, *values: Any) -> list[Any]:
        """The rows a query gives; where they have one column, its values."""
        with psycopg.connect(plain_address(self.url)) as connection:
            rows = connection.execute(statement.encode(), values or None).fetchall()
        return [row[0] if len(row) == 1 else row for row in rows]

    def rush(self, requests: Sequence[Request], *, noted: crowd.Noted | None = None) -> list[Answer]:
        """What everybody is answered who asks at the same moment; a server that ends meanwhile is started again."""
        self.await_answer()
        return asyncio.run(self._rush(requests, noted))

    async def _rush(self, requests: Sequence[Request], noted: crowd.Noted | None) -> list[Answer]:
        keeper = asyncio.create_task(self._keep_running())
        try:
            return await crowd.rush(self.port, requests, noted=noted)
        finally:
            keeper.cancel()

    async def _keep_running(self) -> None:
        while True:
            if self.process.poll() is not None:
                self.process = self._launch()
            await asyncio.sleep(RESTART_SECONDS)


def keyed(request: Request) -> Request:
    """The request with an idempotency key of its own."""
    return dataclasses.replace(request, headers=(*request.headers, ("Idempotency-Key", str(uuid.uuid4()))))


def without(guard: str) -> Callable[[Request], Request]:
    """Makes requests that are served without this guard; see `unguarded`."""
    return lambda request: dataclasses.replace(request, headers=(*request.headers, ("X-Unguarded", guard)))
