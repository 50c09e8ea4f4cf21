"""iCalendar is what its readers expect: checked by a library that others wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from app.program.feeds.calendar import GREATEST
from app.program.feeds.content import clean, one_line
from app.program.feeds.ical import folded, write_ical
from tests.unittests.program.feed_samples import EDITED, HOSTILE, sample_feed, sample_session, utc

# Zone, a moment in it, and how long after midnight that is on its clocks.
CHANGES_OF_CLOCKS = [
    ("Europe/Berlin", utc(2026, 3, 29, 0, 59), "01:59"),
    ("Europe/Berlin", utc(2026, 3, 29, 1, 0), "03:00"),
    ("Europe/Berlin", utc(2026, 10, 25, 0, 30), "02:30"),
    ("Europe/Berlin", utc(2026, 10, 25, 1, 30), "02:30"),
    ("Europe/Berlin", utc(2026, 10, 25, 2, 0), "03:00"),
    ("America/New_York", utc(2026, 3, 8, 6, 59), "01:59"),
    ("America/New_York", utc(2026, 3, 8, 7, 0), "03:00"),
    ("America/New_York", utc(2026, 11, 1, 5, 30), "01:30"),
    ("America/New_York", utc(2026, 11, 1, 6, 30), "01:30"),
    ("America/New_York", utc(2027, 1, 1, 4, 30), "23:30"),
    ("Australia/Lord_Howe", utc(2026, 10, 3, 15, 29), "01:59"),
    ("Australia/Lord_Howe", utc(2026, 10, 3, 15, 30), "02:30"),
    ("Australia/Lord_Howe", utc(2026, 4, 4, 15, 15), "01:45"),
    ("Asia/Kolkata", utc(2026, 3, 29, 1, 0), "06:30"),
    ("UTC", utc(2026, 3, 29, 1, 0), "01:00"),
]
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "UTC",
    "Etc/UTC",
]
words = st.text(min_size=1, max_size=200)
moments = st.datetimes(datetime(1900, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda m: m.replace(microsecond=0)
)


def parsed(document: bytes) -> Any:
    return Calendar.from_ical(document)


def entries(document: bytes) -> list[Any]:
    return list(parsed(document).walk("VEVENT"))


def instant(entry: Any, name: str, calendar: Any) -> datetime:
    """The moment a time of an entry means by the calendar's own VTIMEZONE, without any knowledge of zones."""
    value = entry[name]
    if "TZID" not in value.params:
        return value.dt.astimezone(UTC)
    (zone,) = calendar.walk("VTIMEZONE")
    assert str(zone["TZID"]) == value.params["TZID"]
    wall = value.dt.replace(tzinfo=None, fold=0)
    latest = max(
        (part for part in zone.subcomponents if part["DTSTART"].dt <= wall), key=lambda part: part["DTSTART"].dt
    )
    return (wall - latest["TZOFFSETTO"].td).replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "moment", "clock"), CHANGES_OF_CLOCKS)
def test_times_around_a_change_of_clocks_mean_the_moments_that_were_stored(
    zone: str, moment: datetime, clock: str
) -> None:
    assert f"{moment.astimezone(ZoneInfo(zone)):%H:%M}" == clock
    session = sample_session(starts_at=moment, ends_at=moment + timedelta(hours=3))
    calendar = parsed(write_ical(sample_feed(session, zone=zone)))
    entry = calendar.walk("VEVENT")[1]
    assert entry["DTSTART"].dt.astimezone(UTC) == moment
    assert entry["DTEND"].dt.astimezone(UTC) == session.ends_at
    assert instant(entry, "DTSTART", calendar) == moment
    assert instant(entry, "DTEND", calendar) == session.ends_at


@given(moment=moments, zone=st.sampled_from(ZONES))
def test_every_moment_is_read_as_it_was_written(moment: datetime, zone: str) -> None:
    session = sample_session(starts_at=moment, ends_at=moment + timedelta(minutes=50))
    entry = entries(write_ical(sample_feed(session, zone=zone)))[1]
    assert entry["DTSTART"].dt.astimezone(UTC) == moment
    assert entry["DTEND"].dt.astimezone(UTC) == session.ends_at


def test_a_zone_is_told_with_the_changes_of_the_years_that_occur() -> None:
    (zone,) = parsed(write_ical(sample_feed(sample_session()))).walk("VTIMEZONE")
    told = [
        (part.name, part["DTSTART"].dt, part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td, str(part["TZNAME"]))
        for part in zone.subcomponents
    ]
    winter, summer = timedelta(hours=1), timedelta(hours=2)
    assert str(zone["TZID"]) == "Europe/Berlin"
    assert told == [
        ("STANDARD", datetime(2026, 1, 1, 1), winter, winter, "CET"),
        ("DAYLIGHT", datetime(2026, 3, 29, 2), winter, summer, "CEST"),
        ("STANDARD", datetime(2026, 10, 25, 3), summer, winter, "CET"),
    ]


def test_an_event_over_new_year_is_told_both_years() -> None:
    session = sample_session(starts_at=utc(2027, 1, 1, 10))
    (zone,) = parsed(write_ical(sample_feed(session))).walk("VTIMEZONE")
    assert {part["DTSTART"].dt.year for part in zone.subcomponents} == {2026, 2027}


def test_utc_needs_no_zone() -> None:
    document = write_ical(sample_feed(sample_session(), zone="UTC"))
    assert b"VTIMEZONE" not in document
    assert b"DTSTART:20260328T090000Z" in document


def test_a_calendar_says_what_it_is() -> None:
    calendar = parsed(write_ical(sample_feed()))
    told = {name: str(calendar[name]) for name in ("VERSION", "METHOD", "X-WR-CALNAME", "X-WR-TIMEZONE")}
    assert told == {
        "VERSION": "2.0",
        "METHOD": "PUBLISH",
        "X-WR-CALNAME": "Spring Conference",
        "X-WR-TIMEZONE": "Europe/Berlin",
    }
    assert not calendar.errors


def test_the_event_is_an_entry_of_its_own() -> None:
    (entry,) = entries(write_ical(sample_feed()))
    assert str(entry["UID"]) == "a1b2c3d4@open-event-server"
    assert str(entry["SUMMARY"]) == "Spring Conference"
    assert str(entry["DESCRIPTION"]) == "Two days of talks."
    assert str(entry["LOCATION"]) == "Alexanderplatz 1, Berlin"
    assert (entry["GEO"].latitude, entry["GEO"].longitude) == (52.5219, 13.4132)
    assert str(entry["URL"]) == "http://localhost:4200/e/a1b2c3d4"
    assert entry["ORGANIZER"].params["CN"] == "Ada's Society"
    assert entry["SEQUENCE"] == 12
    assert not entry.errors


def test_a_session_is_told_with_place_labels_and_speakers() -> None:
    entry = entries(write_ical(sample_feed(sample_session())))[1]
    assert str(entry["UID"]) == "a1b2c3d4-session-1@open-event-server"
    assert str(entry["SUMMARY"]) == "Talk 1"
    assert str(entry["LOCATION"]) == "Main hall, Alexanderplatz 1, Berlin"
    assert entry["CATEGORIES"].cats == ["Web & APIs", "Lecture"]
    assert str(entry["DESCRIPTION"]) == "Ada Lovelace, Grace Hopper\n\nA subtitle\n\nShort.\n\nLong,\nin two lines."
    assert str(entry["STATUS"]) == "CONFIRMED"
    assert entry["DTSTAMP"].dt == entry["LAST-MODIFIED"].dt == EDITED


@pytest.mark.parametrize(
    ("state", "status"),
    [("confirmed", "CONFIRMED"), ("accepted", "CONFIRMED"), ("canceled", "CANCELLED"), ("pending", "TENTATIVE")],
)
def test_a_session_has_the_status_of_its_state(state: str, status: str) -> None:
    assert str(entries(write_ical(sample_feed(sample_session(state=state))))[1]["STATUS"]) == status


def test_what_is_missing_is_left_out() -> None:
    bare = sample_session(subtitle="", abstract="", description="", kind="", room=None, track=None, speakers=())
    draft = sample_feed(bare, starts_at=None, ends_at=None, description="", location="", latitude=None)
    event, session = entries(write_ical(draft))
    assert not {"DTSTART", "DTEND", "DESCRIPTION", "LOCATION", "GEO"} & set(event)
    assert not {"DESCRIPTION", "LOCATION", "CATEGORIES", "GEO"} & set(session)


@pytest.mark.parametrize(("latitude", "longitude"), [(None, 1.0), (1.0, None), (90.5, 1.0), (1.0, -180.5)])
def test_a_position_that_is_nowhere_on_earth_is_left_out(latitude: float | None, longitude: float | None) -> None:
    (entry,) = entries(write_ical(sample_feed(latitude=latitude, longitude=longitude)))
    assert "GEO" not in entry


def test_a_moved_session_keeps_its_name_and_rises_in_sequence() -> None:
    before = sample_session()
    after = replace(before, starts_at=utc(2026, 3, 29, 7), ends_at=utc(2026, 3, 29, 8), title="Moved", sequence=99)
    old, new = (entries(write_ical(sample_feed(session)))[1] for session in (before, after))
    assert old["UID"] == new["UID"]
    assert old["SEQUENCE"] < new["SEQUENCE"]


def test_sequences_stay_integers_of_32_bits() -> None:
    sequences = [
        entries(write_ical(sample_feed(sample_session(sequence=sequence))))[1]["SEQUENCE"]
        for sequence in (GREATEST - 1, GREATEST, GREATEST + 1, 2**62)
    ]
    assert sequences == [GREATEST - 1, GREATEST, GREATEST, GREATEST]


def test_the_same_content_is_the_same_document() -> None:
    assert write_ical(sample_feed(sample_session())) == write_ical(sample_feed(sample_session()))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_the_calendar(text: str) -> None:
    session = sample_session(title=text, abstract=text, kind=text)
    event, entry, other = entries(
        write_ical(sample_feed(session, sample_session(2), name=text, organizer=text, location=text))
    )
    assert str(event.get("SUMMARY", "")) == str(entry.get("SUMMARY", "")) == clean(text)
    assert event["ORGANIZER"].params["CN"] == one_line(text).replace("\\", "/")
    assert str(event["ORGANIZER"]) == "http://localhost:4200/e/a1b2c3d4"
    assert one_line(text) in [*entry["CATEGORIES"].cats, ""]
    assert str(other["SUMMARY"]) == "Talk 2"


@given(title=words, abstract=words, label=words, organizer=words)
@example(title="", abstract="", label="", organizer="0\n=")
def test_every_text_is_read_as_it_was_written(title: str, abstract: str, label: str, organizer: str) -> None:
    session = sample_session(
        title=title, subtitle="", abstract=abstract, description="", speakers=(), kind=label, track=None
    )
    entry = entries(write_ical(sample_feed(session, organizer=organizer)))[1]
    assert str(entry.get("SUMMARY", "")) == clean(title)
    assert str(entry.get("DESCRIPTION", "")) == clean(abstract)
    assert str(entry["ORGANIZER"].params["CN"]) == one_line(organizer).replace("\\", "/")
    assert str(entry["ORGANIZER"]) == "http://localhost:4200/e/a1b2c3d4"
    if one_line(label):
        # The library reads the letter behind a backslash in small, in categories alone.
        assert entry["CATEGORIES"].cats == [one_line(label).replace("\\N", "\\n")]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=400))
def test_lines_are_folded_between_characters(text: str) -> None:
    pieces = folded(text).removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(piece) <= 75 and piece.decode() is not None for piece in pieces)
    assert "".join([pieces[0].decode(), *(piece.decode()[1:] for piece in pieces[1:])]) == text


@pytest.mark.parametrize(
    "edge", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 22, tzinfo=UTC), datetime(1880, 5, 5, tzinfo=UTC)]
)
def test_the_edges_of_the_calendar_are_told_too(edge: datetime) -> None:
    for zone in ("Pacific/Auckland", "Europe/Berlin", "America/New_York"):
        entry = entries(
            write_ical(sample_feed(sample_session(starts_at=edge, ends_at=edge + timedelta(minutes=5)), zone=zone))
        )[1]
        assert entry["DTSTART"].dt == edge
