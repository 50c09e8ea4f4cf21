"""The hours of an event, from its beginning on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from app.program.models import Session

Slot = Callable[..., Session]


def hour(event: Any, number: float) -> datetime:
    """That many hours after the event begins."""
    begins: datetime = event.starts_at
    return begins + timedelta(hours=number)


def times(event: Any, start: float, end: float) -> dict[str, datetime]:
    """The times of a session that lasts from one hour of its event to another."""
    return {"starts_at": hour(event, start), "ends_at": hour(event, end)}
