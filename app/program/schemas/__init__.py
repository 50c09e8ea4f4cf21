"""The wire form of the programme."""

from app.program.schemas.sessions import SessionSchema

__all__ = ["SessionSchema"]
