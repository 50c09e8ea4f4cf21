"""The tests' own small API on a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from app import CORS_OPTIONS, _configure_libraries, edge, observability
from app.edge import Service
from app.extensions import cors, db
from app.jsonapi.routing import mount
from tests.unittests.databases import TEMPLATE, execute, named, rolled_back
from tests.unittests.jsonapi import library
from tests.unittests.jsonapi.kit import Kit


@pytest.fixture(scope="session")
def kit_service(server: str, make_config: Callable[..., dict[str, Any]]) -> Iterator[Service]:
    """The small API, its tables made."""
    execute(server, f"CREATE DATABASE kit TEMPLATE {TEMPLATE}")
    app = Service("kit")
    app.config.update(make_config(named(server, "kit")))
    _configure_libraries(app)
    db.init_app(app)
    cors.init_app(app, **CORS_OPTIONS)
    observability.init_app(app)
    edge.init_app(app)
    app.extensions["load_actor"] = library.actor_from_header
    mount(app, library.make_registry())
    with app.app_context():
        db.metadata.create_all(db.engine, tables=library.TABLES)
        with db.engine.begin() as connection:
            for table in ("kit_libraries", "kit_authors", "kit_books", "kit_loans"):
                connection.execute(text(f"CREATE TRIGGER raise_version BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION raise_version()"))  # fmt: skip
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def kit(kit_service: Service) -> Iterator[Kit]:
    """A client of the small API, in a transaction that is rolled back."""
    with rolled_back(kit_service):
        yield Kit(kit_service)
