"""What must exist before the documented requests about the programme."""

from __future__ import annotations

from typing import Any

from tests.hooks.rows import row
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.program import MicrolocationFactory, SessionTypeFactory, TrackFactory


def event_with_programme() -> Any:
    """Event 1 has a room, a track and a session type, each number 1; returns the event."""
    event = EventFactoryBasic(identifier="a1b2c3d4", name="Open Tech Summit")
    MicrolocationFactory(event=event, name="Main Hall", floor=1, room="1.01", latitude=52.52, longitude=13.4)
    TrackFactory(event=event, name="Open Hardware", description="What can be touched.")
    SessionTypeFactory(event=event, name="Talk")
    return event


ROWS = {
    **{
        f"Events > Related Event of a {name}": row(event_with_programme, actor="owner")
        for name in ("Room", "Session Type", "Track")
    },
    **{
        f"Events > Relationship event.{name}": row(event_with_programme, actor="owner")
        for name in ("microlocations", "session-types", "tracks")
    },
    "Microlocations > Microlocation Collection": row(event_with_programme, actor="coorganizer"),
    "Microlocations > Microlocation Detail": row(event_with_programme, actor="coorganizer"),
    "Microlocations > Microlocation List": row(event_with_programme),
    "Microlocations > Relationship microlocation.event": row(event_with_programme, actor="user"),
    "Session Types > Session Type Collection": row(event_with_programme, actor="coorganizer"),
    "Session Types > Session Type Detail": row(event_with_programme, actor="coorganizer"),
    "Session Types > Session Type List": row(event_with_programme),
    "Session Types > Relationship session-type.event": row(event_with_programme, actor="user"),
    "Tracks > Track Collection": row(event_with_programme, actor="track organizer"),
    "Tracks > Track Detail": row(event_with_programme, actor="track organizer"),
    "Tracks > Track Collection of an Event": row(event_with_programme),
    "Tracks > Relationship track.event": row(event_with_programme, actor="user"),
}
