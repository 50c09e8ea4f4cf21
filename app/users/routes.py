"""Plain routes of accounts."""

from __future__ import annotations

from flask import Flask

from app.users import tokens


def init_app(app: Flask) -> None:
    """Bind what accounts need to the app."""
    tokens.init_app(app)
