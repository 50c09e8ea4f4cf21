"""A small endpoint that works in steps, and clients with connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Blueprint, Response
from sqlalchemy import func, select

from app.edge import Service
from app.extensions import commit_step, db
from app.jsonapi import anyone, endpoint, json
from app.limits.models import RateCount

Ending = Callable[[], Any]


class Charges:
    """Serves `/v1/charges`, which commits one mark, then makes another and ends as a test says."""

    def __init__(self, app: Service) -> None:
        self.app = app
        self.begin: Ending = lambda: None
        self.between: Ending = lambda: None
        self.end: Ending = lambda: None
        blueprint = Blueprint("charges", __name__)
        endpoint(blueprint, "/v1/charges", access=anyone, methods=("POST",))(self.charge)
        endpoint(blueprint, "/v1/auth/charges", access=anyone, methods=("POST",))(self.sign)
        app.register_blueprint(blueprint)

    def charge(self) -> Response:
        """Two marks, the first of them by a step."""
        self.mark("intent")
        self.begin()
        commit_step()
        self.between()
        self.mark("outcome")
        return self.end() or json.answer({"charged": True}, 201, headers={"Location": "/v1/charges/1"})

    def sign(self) -> Response:
        """The same, below the sign-in paths."""
        return self.charge()

    def mark(self, what: str) -> None:
        """Leave something that shows how often this was done."""
        time = datetime.now(UTC)
        db.session.add(RateCount(key=f"{what} {time.isoformat()}", count=1, expires_at=time))

    def marks(self) -> list[str]:
        """What was committed."""
        db.session.rollback()
        return [
            key.partition(" ")[0] for key in db.session.scalars(select(RateCount.key).order_by(RateCount.expires_at))
        ]

    def send(self, path: str = "/v1/charges", key: str = "a-key", body: Any = None) -> Any:
        """Ask for the charge, over a connection of its own."""
        with self.app.app_context():
            headers = {"Idempotency-Key": key}
            return self.app.test_client().post(path, json=body or {"amount": 1}, headers=headers)


@pytest.fixture
def charges(committed_app: Service) -> Charges:
    """The endpoint in steps, where commits are real."""
    return Charges(committed_app)


def number_of(model: Any) -> int:
    """How many rows are committed."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0
