"""Every job of this domain: importing them makes them known to the worker."""

from __future__ import annotations

from app.program.feeds import tasks as feeds
from app.program.invites import tasks as invites
from app.program.sessions import tasks as sessions
from app.program.speakers import tasks as speakers

__all__ = ["feeds", "invites", "sessions", "speakers"]
