"""The programme over HTTP."""

from app.program.resources import sessions

__all__ = ["sessions"]
