"""An event with a schedule, for tests of its feeds over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar
from werkzeug.test import TestResponse

from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.program import (
    MicrolocationFactory,
    SessionFactory,
    SessionTypeFactory,
    SpeakerFactory,
    TrackFactory,
)

BEGIN = datetime(2027, 3, 27, 8, tzinfo=UTC)  # The day before clocks change in Berlin.


def event_with_dates(**values: Any) -> Any:
    """A published event in Berlin whose schedule is published."""
    usual: dict[str, Any] = {
        "identifier": "a1b2c3d4",
        "name": "Spring Conference",
        "state": "published",
        "timezone": "Europe/Berlin",
        "starts_at": BEGIN,
        "ends_at": BEGIN + timedelta(days=2),
        "schedule_published_on": datetime(2027, 1, 1, tzinfo=UTC),
        "location_name": "Alexanderplatz 1, Berlin",
    }
    return EventFactoryBasic(**(usual | values))


def scheduled(event: Any, title: str, hour: int = 1, **values: Any) -> Any:
    """A confirmed session so many hours after the event's beginning."""
    begin = event.starts_at + timedelta(hours=hour)
    usual: dict[str, Any] = {"state": "confirmed", "starts_at": begin, "ends_at": begin + timedelta(minutes=45)}
    return SessionFactory(event=event, title=title, **(usual | values))


def full_session(event: Any, **values: Any) -> Any:
    """A session with everything that belongs to one."""
    usual: dict[str, Any] = {
        "microlocation": MicrolocationFactory(event=event, name="Main hall"),
        "track": TrackFactory(event=event, name="Web", color="#ff8800"),
        "session_type": SessionTypeFactory(event=event, name="Lecture"),
        "speakers": [SpeakerFactory(event=event, name="Ada"), SpeakerFactory(event=event, name="Grace")],
        "short_abstract": "<p>About <b>engines</b> &amp; more.</p>",
    }
    return scheduled(event, "Engines", **(usual | values))


def titles(answer: TestResponse) -> list[str]:
    """What a calendar's entries are called."""
    assert answer.status_code == 200, answer.text
    return [str(entry["SUMMARY"]) for entry in Calendar.from_ical(answer.data).walk("VEVENT")]
