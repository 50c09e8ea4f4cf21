"""What the programme serves beside its resources."""

from __future__ import annotations

from flask import Flask

from app.program import feed_routes, session_routes


def init_app(app: Flask) -> None:
    """Mount the plain routes."""
    for routes in (feed_routes, session_routes):
        app.register_blueprint(routes.blueprint)
