"""What the programme serves beside its resources."""

from __future__ import annotations

from flask import Flask

from app.program import feed_routes


def init_app(app: Flask) -> None:
    """Mount the plain routes."""
    app.register_blueprint(feed_routes.blueprint)
