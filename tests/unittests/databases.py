"""Databases for tests: made from a template, and transactions that never end well."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator

from flask import Flask
from sqlalchemy import create_engine, make_url, text

from app.extensions import db

TEMPLATE = "template_open_event"


def execute(server: str, statement: str) -> None:
    """Run one statement on the server, outside any transaction."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def named(server: str, database: str) -> str:
    """The address of that database on the server."""
    return make_url(server).set(database=database).render_as_string(hide_password=False)


@contextlib.contextmanager
def new_database(server: str, template: str = TEMPLATE) -> Iterator[str]:
    """A database of its own, dropped in the end; its address."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    execute(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield named(server, name)
    finally:
        execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def rolled_back(app: Flask) -> Iterator[None]:
    """All that the app's sessions do inside happens in one transaction that is rolled back."""
    with app.app_context():
        engine = db.engine
        connection = engine.connect()
        transaction = connection.begin()
        db.engines[None] = connection  # type: ignore[assignment]
        try:
            yield
        finally:
            db.session.remove()
            db.engines[None] = engine
            transaction.rollback()
            connection.close()
