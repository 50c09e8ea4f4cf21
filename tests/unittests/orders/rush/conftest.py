"""The markets of these tests: the service as it is, and the service that can be asked to leave out a guard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app import create_app
from app.extensions import db
from app.runtime.serve import TARGET
from tests.unittests.databases import execute, new_database
from tests.unittests.orders.rush.market import Market

UNGUARDED = "tests.unittests.orders.rush.unguarded:application"
MakeConfig = Callable[..., dict[str, Any]]


@contextmanager
def _market(server: str, make_config: MakeConfig, target: str, folder: Path) -> Iterator[Market]:
    with new_database(server) as url:
        app = create_app(make_config(url))
        market = Market(app, url, target, folder)
        try:
            yield market
        finally:
            market.close()
            with app.app_context():
                db.engine.dispose()


@pytest.fixture(scope="session")
def market(server: str, make_config: MakeConfig, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """The service as it is."""
    with _market(server, make_config, TARGET, tmp_path_factory.mktemp("market")) as made:
        yield made


@pytest.fixture(scope="session")
def unguarded(server: str, make_config: MakeConfig, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """The service with guards that can be left out, on a database without its own checks."""
    with _market(server, make_config, UNGUARDED, tmp_path_factory.mktemp("unguarded")) as made:
        drop_checks(made)
        yield made


def drop_checks(market: Market) -> None:
    """Let the database keep no count, of which it would refuse to have less than nothing left."""
    for table in ("ticket_stocks", "discount_code_uses", "access_code_uses"):
        held = market.ask("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", table)
        assert held
        for name in held:
            execute(market.url, f"ALTER TABLE {table} DROP CONSTRAINT {name}")
