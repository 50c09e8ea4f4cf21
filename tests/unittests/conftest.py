"""What every test stands on: a PostgreSQL server per test process, a transaction per test.

`app` is the service inside a transaction that is rolled back after the test. `committed_app` is the
service on a database of its own, for tests with several connections or processes.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask_migrate import upgrade

from app import create_app
from app.edge import Service
from app.extensions import db
from app.runtime.postgres import throwaway_postgres
from config import load
from tests.unittests.client import ApiClient
from tests.unittests.databases import TEMPLATE, execute, named, new_database, rolled_back
from tests.unittests.providers import Providers, running_providers

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tests' files and mails go."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def make_config(data_dir: Path) -> Callable[..., dict[str, Any]]:
    """Makes the configuration for a database, with settings changed by keyword."""

    def make(database_url: str, **changes: Any) -> dict[str, Any]:
        environment = {"ENVIRONMENT": "testing", "DATABASE_URL": database_url, "DATA_DIR": str(data_dir)}
        # Cheap password hashes: the tests are about everything else.
        cheap = {"ARGON2_TIME_COST": 1, "ARGON2_MEMORY_KIB": 64, "LOG_LEVEL": "WARNING"}
        return load(environment) | cheap | changes

    return make


@pytest.fixture(scope="session")
def server(make_config: Callable[..., dict[str, Any]]) -> Iterator[str]:
    """A PostgreSQL server with a migrated template database."""
    with throwaway_postgres() as url:
        execute(url, f"CREATE DATABASE {TEMPLATE}")
        app = create_app(make_config(named(url, TEMPLATE)))
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            db.engine.dispose()
        yield url


@pytest.fixture
def empty_database(server: str) -> Iterator[str]:
    """A database without any table, for migrations."""
    with new_database(server, "template0") as url:
        yield url


@pytest.fixture
def database_url(server: str) -> Iterator[str]:
    """A migrated database of the test's own."""
    with new_database(server) as url:
        yield url


@pytest.fixture(scope="session")
def service(server: str, make_config: Callable[..., dict[str, Any]]) -> Iterator[Service]:
    """The service on this process's shared database."""
    execute(server, f"CREATE DATABASE shared TEMPLATE {TEMPLATE}")
    app = create_app(make_config(named(server, "shared")))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(service: Service) -> Iterator[Service]:
    """The service in a transaction that is rolled back after the test."""
    with rolled_back(service):
        yield service


@pytest.fixture
def committed_app(database_url: str, make_config: Callable[..., dict[str, Any]]) -> Iterator[Service]:
    """The service on a database of its own, where commits are real."""
    app = create_app(make_config(database_url, JOB_HEARTBEAT_SECONDS=0.2, JOB_STALLED_SECONDS=1.0))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def api(app: Service) -> ApiClient:
    """A client of the service that speaks JSON:API."""
    return ApiClient(app)


@pytest.fixture
def payment_standins(tmp_path: Path) -> Iterator[Providers]:
    """Stripe and PayPal as tests have them: on a free port of this machine, with a memory of the test's own."""
    with running_providers(tmp_path / "payment-standins") as providers:
        yield providers


def _refuse_other_hosts(event: str, arguments: tuple[Any, ...]) -> None:
    """No test connects to anything but this machine."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
        if not (host.startswith("127.") or host in ("::1", "localhost")):
            raise RuntimeError(f"A test connects to {host}; only loopback is allowed.")


sys.addaudithook(_refuse_other_hosts)

# What was imported stays until the end, and tests leave little that refers to itself: looking for it as often as
# Python does by default takes a sixth of the time.
gc.freeze()
gc.set_threshold(200_000, 50, 100)
