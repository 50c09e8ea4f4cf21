"""Schedule XML obeys the schema of its format, and its times are those on the clocks of the event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.program.feeds.content import Link, Person, Room, Track, clean, one_line
from app.program.feeds.pentabarf import write_pentabarf
from tests.unittests.program.feed_samples import HOSTILE, SCHEMA, parsed_schedule, sample_feed, sample_session, utc

words = st.text(max_size=120)


def schedule(*sessions: Any, **changes: Any) -> Any:
    return parsed_schedule(write_pentabarf(sample_feed(*sessions, **changes)))


def test_a_session_is_told_with_all_its_parts() -> None:
    (event,) = schedule(sample_session()).iterfind("day/room/event")
    told = {child.tag: child.text or "" for child in event if len(child) == 0}
    assert event.get("id") == "1"
    assert told == {
        "date": "2026-03-28T10:00:00+01:00",
        "start": "10:00",
        "duration": "01:00",
        "room": "Main hall",
        "slug": "a1b2c3d4-1-talk-1",
        "url": "http://localhost:4200/e/a1b2c3d4/session/1",
        "title": "Talk 1",
        "subtitle": "A subtitle",
        "track": "Web & APIs",
        "type": "Lecture",
        "language": "English",
        "abstract": "Short.",
        "description": "Long,\nin two lines.",
    }
    assert [(person.get("id"), person.text) for person in event.find("persons")] == [
        ("7", "Ada Lovelace"),
        ("8", "Grace Hopper"),
    ]
    assert [(link.get("href"), link.text) for link in event.find("links")] == [
        ("https://example.com/?a=1&b=2", "Website")
    ]
    assert [(link.get("href"), link.text) for link in event.find("attachments")] == [
        ("https://example.com/slides.pdf", "Slides")
    ]


def test_the_conference_is_told_with_its_days_and_zone() -> None:
    conference = schedule(sample_session(), sample_session(2, utc(2026, 3, 29, 9, 20))).find("conference")
    told = {child.tag: child.text for child in conference if child.tag != "track"}
    assert told == {
        "acronym": "a1b2c3d4",
        "title": "Spring Conference",
        "start": "2026-03-28T09:00:00+01:00",
        "end": "2026-03-29T18:00:00+02:00",
        "days": "2",
        "timeslot_duration": "00:20",
        "time_zone_name": "Europe/Berlin",
        "url": "http://localhost:4200/e/a1b2c3d4",
    }
    assert [dict(track.attrib) for track in conference.iterfind("track")] == [
        {"name": "Web & APIs", "slug": "5-web-apis", "color": "#ff8800"}
    ]


@pytest.mark.parametrize(
    ("zone", "moments", "days"),
    [
        ("Europe/Berlin", [utc(2026, 3, 28, 22, 59), utc(2026, 3, 28, 23), utc(2026, 3, 29, 21, 59), utc(2026, 3, 29, 22)], ["2026-03-28", "2026-03-29", "2026-03-30"]),
        ("America/New_York", [utc(2026, 11, 1, 3, 59), utc(2026, 11, 1, 4), utc(2026, 11, 2, 4, 59)], ["2026-10-31", "2026-11-01"]),
        ("Asia/Kolkata", [utc(2026, 3, 28, 18, 29), utc(2026, 3, 28, 18, 30)], ["2026-03-28", "2026-03-29"]),
        ("Australia/Lord_Howe", [utc(2026, 10, 3, 13, 29), utc(2026, 10, 3, 13, 30), utc(2026, 10, 4, 12, 59), utc(2026, 10, 4, 13)], ["2026-10-03", "2026-10-04", "2026-10-05"]),
    ],
)  # fmt: skip
def test_days_begin_at_midnight_of_the_event(zone: str, moments: list[datetime], days: list[str]) -> None:
    root = schedule(*(sample_session(id, moment) for id, moment in enumerate(moments, start=1)), zone=zone)
    assert [day.get("date") for day in root.iterfind("day")] == days
    assert [day.get("index") for day in root.iterfind("day")] == [str(index) for index in range(1, len(days) + 1)]


@pytest.mark.parametrize(
    ("zone", "starts_at", "date", "duration"),
    [
        ("Europe/Berlin", utc(2026, 3, 29, 0), "2026-03-29T01:00:00+01:00", "03:00"),
        ("Europe/Berlin", utc(2026, 10, 25, 0), "2026-10-25T02:00:00+02:00", "03:00"),
        ("Europe/Berlin", utc(2026, 10, 25, 1), "2026-10-25T02:00:00+01:00", "03:00"),
        ("America/New_York", utc(2026, 3, 8, 6), "2026-03-08T01:00:00-05:00", "03:00"),
        ("Australia/Lord_Howe", utc(2026, 4, 4, 14), "2026-04-05T01:00:00+11:00", "03:00"),
        ("Asia/Kolkata", utc(2026, 3, 29, 0), "2026-03-29T05:30:00+05:30", "03:00"),
    ],
)
def test_a_session_across_a_change_of_clocks_lasts_as_long_as_it_does(
    zone: str, starts_at: datetime, date: str, duration: str
) -> None:
    root = schedule(sample_session(starts_at=starts_at, ends_at=starts_at + timedelta(hours=3)), zone=zone)
    assert root.findtext("day/room/event/date") == date
    assert root.findtext("day/room/event/duration") == duration


def test_rooms_stand_in_their_order_and_apart_when_they_share_a_name() -> None:
    rooms = [Room(1, "Attic", 2), Room(2, "Cellar", 1), Room(3, "Cellar", 1), None]
    root = schedule(*(sample_session(id, room=room) for id, room in enumerate(rooms, start=1)))
    assert [(room.get("name"), room.find("event").get("id")) for room in root.iterfind("day/room")] == [
        ("", "4"), ("Cellar", "2"), ("Cellar", "3"), ("Attic", "1"),
    ]  # fmt: skip


def test_an_event_without_sessions_and_dates_is_a_schedule_without_days() -> None:
    root = schedule(starts_at=None, ends_at=None)
    assert root.findtext("conference/days") == "0"
    assert root.findtext("conference/timeslot_duration") == "00:15"
    assert root.find("day") is None


def test_names_of_sessions_never_change() -> None:
    before = schedule(sample_session()).find("day/room/event")
    after = schedule(sample_session(title="Other", starts_at=utc(2026, 3, 29, 9), room=None)).find("day/room/event")
    assert before.get("guid") == after.get("guid") != schedule(sample_session(2)).find("day/room/event").get("guid")


def test_the_version_rises_with_any_change() -> None:
    versions = [schedule(*(sample_session(id, sequence=number) for id, number in enumerate(numbers, start=1))).findtext("version") for numbers in ([], [5], [90], [90, 91])]  # fmt: skip
    assert versions == ["12", "12", "90", "91"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_the_document(text: str) -> None:
    session = sample_session(
        title=text, subtitle=text, abstract=text, description=text, language=text, kind=text,
        room=Room(1, text), track=Track(1, text), speakers=(Person(1, text),), links=(Link(text, "https://example.com/" + text),),
    )  # fmt: skip
    root = schedule(session, sample_session(2, room=Room(1, text)), name=text)
    assert len(root.findall("day/room/event")) == 2
    assert (root.findtext("day/room/event/title") or "") == one_line(text)
    assert (root.findtext("day/room/event/abstract") or "") == clean(text)


@given(title=words, abstract=words, room=words, person=words, link=words)
def test_every_text_is_read_as_it_was_written(title: str, abstract: str, room: str, person: str, link: str) -> None:
    session = sample_session(
        title=title,
        abstract=abstract,
        room=Room(1, room),
        speakers=(Person(1, person),),
        links=(Link(link, "https://example.com"),),
    )
    event = schedule(session).find("day/room/event")
    assert event.findtext("title") == one_line(title)
    assert event.findtext("abstract") == clean(abstract)
    assert event.getparent().get("name") == event.findtext("room") == one_line(room)
    assert event.findtext("persons/person") == one_line(person)
    assert event.findtext("links/link") == clean(link)


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("https://example.com/100%25?q=1#x", "https://example.com/100%25?q=1#x"),
        ("https://example.com/é#a#b", "https://example.com/%C3%A9#a%23b"),
        ('https://example.com/"<>|^`{}[]', "https://example.com/%22%3C%3E%7C%5E%60%7B%7D%5B%5D"),
    ],
)
def test_links_are_told_as_addresses(pasted: str, told: str) -> None:
    root = schedule(sample_session(links=(Link("Website", pasted),)))
    assert root.find("day/room/event/links/link").get("href") == told


def test_the_edges_of_the_calendar_are_told_too() -> None:
    for edge in (
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 22, tzinfo=UTC),
        datetime(1880, 5, 5, tzinfo=UTC),
    ):
        for zone in ("Pacific/Auckland", "Europe/Berlin", "America/New_York"):
            assert (
                schedule(
                    sample_session(starts_at=edge, ends_at=edge + timedelta(minutes=5)),
                    zone=zone,
                    starts_at=None,
                    ends_at=None,
                ).find("day")
                is not None
            )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<start>10:00</start>", b"<start>25:00</start>"),
        (b"<duration>01:00</duration>", b"<duration>an hour</duration>"),
        (b"<title>Talk 1</title>", b""),
        (b'id="2"', b'id="1"'),
        (b'color="#ff8800"', b'color="orange"'),
        (b"+01:00</date>", b"</date>"),
    ],
)
def test_the_schema_refuses_what_is_no_schedule(old: bytes, new: bytes) -> None:
    document = write_pentabarf(sample_feed(sample_session(), sample_session(2)))
    assert old in document
    assert not SCHEMA.validate(etree.fromstring(document.replace(old, new)))
