"""The WSGI application that web servers load."""

from __future__ import annotations

from app import create_app

application = create_app()
