"""Sessions of one event, by the hour of its day."""

from __future__ import annotations

from typing import Any

import pytest

from app.program.models import Session
from tests.unittests.delivery import deliver
from tests.unittests.factories.program import SessionFactory
from tests.unittests.program.hours import Slot, times

__all__ = ["deliver"]


@pytest.fixture
def slot() -> Slot:
    """Makes a session of an event from one of its hours to another."""

    def make(event: Any, start: float, end: float, **values: Any) -> Session:
        made: Session = SessionFactory(event=event, **times(event, start, end), **values)
        return made

    return make
