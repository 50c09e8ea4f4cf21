"""Events and sessions as feeds tell them, for tests of the formats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from app.program.feeds.content import Feed, FeedEvent, FeedSession, Link, Person, Room, Track

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parents[3] / "docs" / "formats" / "schedule.xsd"))
EDITED = datetime(2026, 1, 10, 8, 30, tzinfo=UTC)
HOSTILE = [
    "</title><event id='1'/>",
    "]]> & <![CDATA[ x",
    '"quoted"; with, commas: and \\n backslashes \\',
    "BEGIN:VEVENT\r\nSUMMARY:smuggled\r\nEND:VEVENT",
    "control \x00\x08\x0b\x1f\x7f\x85\ufffe\uffff\ud800 characters",
    "één 会議 🎉 " * 40,
    "^n ^' ^^ \u2028 separators \u2029",
    "=cmd|' /C calc'!A0",
    "   ",
    "ends in a backslash\\",
]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def sample_session(id: int = 1, starts_at: datetime | None = None, **changes: Any) -> FeedSession:
    """A session of an hour."""
    starts_at = starts_at or utc(2026, 3, 28, 9)
    values: dict[str, Any] = {
        "id": id,
        "title": f"Talk {id}",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "sequence": 40 + id,
        "created_at": utc(2026, 1, 1),
        "modified_at": EDITED,
        "url": f"http://localhost:4200/e/a1b2c3d4/session/{id}",
        "subtitle": "A subtitle",
        "abstract": "Short.",
        "description": "Long,\nin two lines.",
        "language": "English",
        "level": "Expert",
        "kind": "Lecture",
        "room": Room(3, "Main hall", 1),
        "track": Track(5, "Web & APIs", "#ff8800"),
        "speakers": (Person(7, "Ada Lovelace"), Person(8, "Grace Hopper")),
        "links": (Link("Website", "https://example.com/?a=1&b=2"),),
        "attachments": (Link("Slides", "https://example.com/slides.pdf"),),
    }
    return FeedSession(**(values | changes))


def sample_feed(*sessions: FeedSession, zone: str = "Europe/Berlin", **changes: Any) -> Feed:
    """An event of two days over the beginning of summer time in Europe, with these sessions."""
    values: dict[str, Any] = {
        "identifier": "a1b2c3d4",
        "name": "Spring Conference",
        "zone": ZoneInfo(zone),
        "starts_at": utc(2026, 3, 28, 8),
        "ends_at": utc(2026, 3, 29, 16),
        "sequence": 12,
        "created_at": utc(2026, 1, 1),
        "url": "http://localhost:4200/e/a1b2c3d4",
        "organizer": "Ada's Society",
        "description": "Two days of talks.",
        "location": "Alexanderplatz 1, Berlin",
        "latitude": 52.5219,
        "longitude": 13.4132,
    }
    return Feed(FeedEvent(**(values | changes)), sessions)


def parsed_schedule(document: bytes) -> Any:
    """The root of a schedule document that obeys its schema."""
    root = etree.fromstring(document)
    SCHEMA.assertValid(root)
    return root
