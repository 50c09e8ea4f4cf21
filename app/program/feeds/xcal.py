"""Writes calendars as XML: xCal, RFC 6321, which says the same as iCalendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from app.program.feeds.calendar import calendar_of
from app.program.feeds.components import Component, Kind, Property
from app.program.feeds.content import Feed
from app.program.feeds.markup import add, document

MEDIA_TYPE = "application/calendar+xml"
NAMESPACE = "urn:ietf:params:xml:ns:icalendar-2.0"


def write_xcal(feed: Feed) -> bytes:
    """The feed as an `application/calendar+xml` document in UTF-8."""
    root = Element("icalendar", {"xmlns": NAMESPACE})
    _add_component(root, calendar_of(feed))
    return document(root)


def _add_component(parent: Element, component: Component) -> None:
    made = SubElement(parent, component.name)
    properties = SubElement(made, "properties")
    for property_ in component.properties:
        _add_property(properties, property_)
    if component.components:
        inside = SubElement(made, "components")
        for inner in component.components:
            _add_component(inside, inner)


def _add_property(parent: Element, property_: Property) -> None:
    made = SubElement(parent, property_.name)
    if property_.parameters:
        parameters = SubElement(made, "parameters")
        for name, text in property_.parameters.items():
            add(SubElement(parameters, name), "text", text)
    if property_.kind == "geo":
        _add_position(made, property_.values[0])
        return
    for value in property_.values:
        add(made, property_.kind, _FORMS[property_.kind](value))


def _add_position(parent: Element, position: Any) -> None:
    latitude, longitude = position
    add(parent, "latitude", f"{latitude:f}")
    add(parent, "longitude", f"{longitude:f}")


def _date_time(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + ("Z" if moment.tzinfo else "")


def _offset(offset: timedelta) -> str:
    seconds = abs(offset) // timedelta(seconds=1)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}{f':{seconds % 60:02}' if seconds % 60 else ''}"
    return ("-" if offset < timedelta() else "+") + text


_FORMS: dict[Kind, Callable[[Any], str]] = {
    "text": str,
    "date-time": _date_time,
    "integer": str,
    "uri": str,
    "cal-address": str,
    "utc-offset": _offset,
}
