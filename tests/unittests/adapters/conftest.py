"""An app with settings and templates but no database: adapters need no more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from app.adapters.templates import environment
from app.jsonapi.permissions import Actor
from config import load

SETTINGS = {
    "ENVIRONMENT": "testing",
    "SECRET_KEY": "a secret that is long enough for tests",
    "PUBLIC_URL": "https://api.example.com",
    "FRONTEND_URL": "https://www.example.com",
    "MAIL_FROM": "Open Event <events@example.com>",
}


@pytest.fixture
def plain_app(tmp_path: Path) -> Iterator[Flask]:
    """The current app; tests change its settings as they need."""
    app = Flask("plain")
    font_dirs = os.environ.get("FONT_DIRS", "")
    app.config.update(load({**SETTINGS, "DATA_DIR": str(tmp_path), "FONT_DIRS": font_dirs}))
    app.extensions["load_actor"] = Actor
    with app.app_context():
        yield app


@pytest.fixture
def templates(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Templates of the test's own, by name, beside those of the service."""
    own: dict[str, str] = {}
    env = environment()
    monkeypatch.setattr(env, "loader", ChoiceLoader([DictLoader(own), *filter(None, [env.loader])]))
    monkeypatch.setattr(env, "cache", None)
    return own
