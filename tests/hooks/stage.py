"""Sets the stage for one documented transaction: the database emptied, its rows made, its actor signed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask

from app.extensions import db
from app.users.tokens import access_token
from tests.hooks.actors import CAST
from tests.hooks.database import Reset
from tests.hooks.rows import Row, all_rows, key_of

# What pages write where a signed-in user's token stands.
DOCUMENTED_TOKEN = "JWT <token>"


@dataclass(frozen=True)
class Scene:
    """What one transaction is run with: texts only this run knows, and the headers of its actor."""

    row: Row
    texts: Mapping[str, str]
    signature: Mapping[str, str]

    def fill(self, text: str) -> str:
        """A part of the documented request with what only this run knows put in."""
        for written, meant in self.texts.items():
            text = text.replace(written, meant)
        return text

    def headers(self, documented: Mapping[str, str]) -> dict[str, str]:
        """The documented headers; the actor signs where the page shows a token, else nobody does."""
        sent = {name: self.fill(value) for name, value in documented.items() if value != DOCUMENTED_TOKEN}
        return {**sent, **self.signature} if DOCUMENTED_TOKEN in documented.values() else sent


def authorize(headers: dict[str, str], user: Any) -> None:
    """Make the request that user's, by a token as a sign-in gives it."""
    headers["Authorization"] = f"JWT {access_token(user)}"


class Stage:
    """The rows of all tables and the database they are played on."""

    def __init__(self, app: Flask, database_url: str, rows: Mapping[str, Row] | None = None) -> None:
        self.app = app
        self.rows = all_rows() if rows is None else rows
        self.reset = Reset(database_url)

    def set(self, name: str) -> Scene:
        """Make what the transaction of this name needs; raises LookupError when no row answers for it."""
        key = key_of(name, self.rows)
        if key is None:
            raise LookupError(f"No row in tests/hooks/ answers for “{name}”.")
        return self.set_row(self.rows[key])

    def set_row(self, row: Row) -> Scene:
        """Make what this row says."""
        self.reset()
        with self.app.app_context():
            made = row.setup()
            texts = made if isinstance(made, Mapping) else {}
            user = _actor(row.actor)
            db.session.commit()
            signature: dict[str, str] = {}
            if user is not None:
                authorize(signature, user)
            return Scene(row, texts, signature)

    def close(self) -> None:
        """Give the connection of the reset back."""
        self.reset.close()


def _actor(actor: str | Callable[[], Any] | None) -> Any:
    """The user a row names; raises KeyError for a name that is not in the cast."""
    if actor is None:
        return None
    return CAST[actor]() if isinstance(actor, str) else actor()
