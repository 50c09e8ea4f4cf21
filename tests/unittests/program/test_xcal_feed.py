"""xCal says what iCalendar says, in XML."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from lxml import etree

from app.program.feeds.content import clean
from app.program.feeds.ical import write_ical
from app.program.feeds.xcal import NAMESPACE, write_xcal
from tests.unittests.program.feed_samples import HOSTILE, sample_feed, sample_session, utc

X = f"{{{NAMESPACE}}}"


def as_jcal(component: Any) -> list[Any]:
    """An xCal component in the form of jCal (RFC 7265), which has the same kinds of values."""
    properties = [as_jcal_property(child) for child in component.find(f"{X}properties")]
    inside = component.find(f"{X}components")
    return [local(component), properties, [as_jcal(child) for child in (inside if inside is not None else [])]]


def as_jcal_property(element: Any) -> list[Any]:
    values = [child for child in element if local(child) != "parameters"]
    parameters = {local(parameter): parameter[0].text for parameter in element.iterfind(f"{X}parameters/*")}
    if local(element) == "geo":
        return ["geo", parameters, "float", [float(value.text) for value in values]]
    (kind,) = {local(value) for value in values}
    return [
        local(element),
        parameters,
        kind,
        *(int(value.text) if kind == "integer" else value.text for value in values),
    ]


def local(element: Any) -> str:
    return str(etree.QName(element).localname)


def sorted_jcal(component: list[Any]) -> list[Any]:
    name, properties, inside = component
    return [name, sorted(properties, key=repr), [sorted_jcal(child) for child in inside]]


def both(feed: Any) -> tuple[list[Any], list[Any]]:
    root = etree.fromstring(write_xcal(feed))
    assert local(root) == "icalendar"
    (calendar,) = root
    return sorted_jcal(as_jcal(calendar)), sorted_jcal(Calendar.from_ical(write_ical(feed)).to_jcal())


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])
def test_both_forms_say_the_same(zone: str) -> None:
    sessions = [sample_session(id, utc(2026, 10, 25, hour)) for id, hour in enumerate(range(5), start=1)]
    xcal, ical = both(sample_feed(*sessions, zone=zone))
    assert xcal == with_text_extensions(ical)


def with_text_extensions(component: list[Any]) -> list[Any]:
    """The library calls the values of extensions unknown; ours are texts."""
    name, properties, inside = component
    known = [
        [key, parameters, "text" if kind == "unknown" else kind, *values]
        for key, parameters, kind, *values in properties
    ]
    return [name, sorted(known, key=repr), inside]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_the_document(text: str) -> None:
    feed = sample_feed(sample_session(title=text, kind=text), sample_session(2), name=text, organizer=text)
    xcal, ical = both(feed)
    assert len(xcal[2]) == len(ical[2]) == 4


@given(st.text(min_size=1, max_size=200))
def test_every_text_is_read_as_it_was_written(text: str) -> None:
    feed = sample_feed(sample_session(title=text))
    root = etree.fromstring(write_xcal(feed))
    told = [element.text for element in root.iterfind(f".//{X}summary/{X}text")]
    assert told == [name for name in ("Spring Conference", clean(text)) if name]
