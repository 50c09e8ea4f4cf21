"""What the programme serves beside its resources."""

from __future__ import annotations

from flask import Flask

from app.program import feed_routes, invite_routes, session_routes, speaker_routes


def init_app(app: Flask) -> None:
    """Mount the plain routes."""
    for routes in (feed_routes, invite_routes, session_routes, speaker_routes):
        app.register_blueprint(routes.blueprint)
