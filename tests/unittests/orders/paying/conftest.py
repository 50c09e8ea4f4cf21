"""Stand-ins for the providers, and events that are paid through them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.edge import Service
from app.extensions import db
from tests.unittests.client import ApiClient
from tests.unittests.orders.paying.steps import Shop
from tests.unittests.providers import Providers, running_providers

TIMEOUT_SECONDS = 1.0


@pytest.fixture
def providers(tmp_path: Path) -> Iterator[Providers]:
    """Stripe and PayPal, as far as they are stood in for."""
    with running_providers(tmp_path / "providers") as running:
        yield running


@pytest.fixture
def shop(app: Service, api: ApiClient, providers: Providers, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """An event that sells a ticket for money, in the test's own transaction."""
    for name, value in settings(providers).items():
        monkeypatch.setitem(app.config, name, value)
    return Shop(api, providers)


@pytest.fixture
def committed_shop(committed_app: Service, providers: Providers) -> Shop:
    """The same on a database where commits are real."""
    committed_app.config.update(settings(providers))
    made = Shop(ApiClient(committed_app), providers)
    db.session.commit()
    return made


def settings(providers: Providers) -> dict[str, Any]:
    """The configuration that sends payments to the stand-ins, and gives them up soon."""
    return providers.settings | {"PAYMENT_TIMEOUT_SECONDS": TIMEOUT_SECONDS}
