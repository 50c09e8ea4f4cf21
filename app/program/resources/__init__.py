"""The programme over HTTP."""

from app.program import scheduling
from app.program.resources import sessions

__all__ = ["scheduling", "sessions"]
