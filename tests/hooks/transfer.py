"""What must exist before the documented requests about copies of events."""

from __future__ import annotations

from typing import Any

from tests.hooks.rows import row
from tests.unittests.factories.content import SponsorFactory
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.tickets import TicketFactory


def event_to_copy() -> Any:
    """Event 1 sells a ticket and names a sponsor."""
    event = EventFactoryBasic(identifier="a1b2c3d4", name="Open Tech Summit")
    TicketFactory(event=event, name="Early bird")
    SponsorFactory(event=event)
    return event


ROWS = {
    "Event Copy > Event Copy": row(event_to_copy, actor="coorganizer"),
    "Event Copy > Event Copy > Copy Event > Example 4": row(event_to_copy, actor="user"),
}
