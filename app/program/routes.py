"""What the programme serves beside its resources."""

from __future__ import annotations

from flask import Flask

from app.program.feeds.routes import blueprint as feeds
from app.program.invites.routes import blueprint as invites
from app.program.sessions.routes import blueprint as sessions
from app.program.speakers.routes import blueprint as speakers


def init_app(app: Flask) -> None:
    """Mount the plain routes."""
    for blueprint in (feeds, invites, sessions, speakers):
        app.register_blueprint(blueprint)
