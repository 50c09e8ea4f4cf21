"""Writes calendars as text: iCalendar, RFC 5545, with the encoding of parameters of RFC 6868."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from app.program.feeds.calendar import calendar_of
from app.program.feeds.components import Component, Kind, Property
from app.program.feeds.content import Feed

MEDIA_TYPE = "text/calendar"
LONGEST_LINE = 75  # In bytes, without the break.

_PARAMETER_ESCAPES = str.maketrans({"^": "^^", "\n": "^n", '"': "^'"})


def write_ical(feed: Feed) -> bytes:
    """The feed as a `text/calendar` document in UTF-8."""
    return b"".join(_lines(calendar_of(feed)))


def _lines(component: Component) -> Iterator[bytes]:
    name = component.name.upper()
    yield f"BEGIN:{name}\r\n".encode()
    for property_ in component.properties:
        yield folded(_content_line(property_))
    for inner in component.components:
        yield from _lines(inner)
    yield f"END:{name}\r\n".encode()


def _content_line(property_: Property) -> str:
    parameters = "".join(f";{name.upper()}={_parameter(value)}" for name, value in property_.parameters.items())
    form = _FORMS[property_.kind]
    return f"{property_.name.upper()}{parameters}:{','.join(form(value) for value in property_.values)}"


def folded(line: str) -> bytes:
    """The line with its break, in pieces of at most 75 bytes that never part the bytes of one character."""
    data = line.encode()
    if len(data) <= LONGEST_LINE:
        return data + b"\r\n"
    pieces, begin, room = [], 0, LONGEST_LINE
    while len(data) - begin > room:
        end = begin + room
        while data[end] & 0xC0 == 0x80:  # Inside a character.
            end -= 1
        pieces.append(data[begin:end])
        begin, room = end, LONGEST_LINE - 1  # A further piece begins with a blank.
    return b"\r\n ".join([*pieces, data[begin:]]) + b"\r\n"


def _parameter(value: str) -> str:
    escaped = value.translate(_PARAMETER_ESCAPES)
    # An equals sign need not be quoted, but readers mistake it for the one behind a parameter's name.
    return f'"{escaped}"' if any(character in escaped for character in ",;:=") else escaped


def _text(value: str) -> str:
    # Replacing four times takes a fraction of the time of one `translate`.
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _date_time(moment: datetime) -> str:
    # `strftime` writes early years without their zeros.
    return moment.replace(tzinfo=None).isoformat(timespec="seconds").translate({45: None, 58: None}) + _suffix(moment)


def _suffix(moment: datetime) -> str:
    return "Z" if moment.tzinfo else ""


def _offset(offset: timedelta) -> str:
    seconds = abs(offset) // timedelta(seconds=1)
    text = f"{seconds // 3600:02}{seconds // 60 % 60:02}{f'{seconds % 60:02}' if seconds % 60 else ''}"
    return ("-" if offset < timedelta() else "+") + text


def _position(position: tuple[float, float]) -> str:
    return ";".join(f"{value:f}" for value in position)


_FORMS: dict[Kind, Callable[[Any], str]] = {
    "text": _text,
    "date-time": _date_time,
    "integer": str,
    "uri": str,
    "cal-address": str,
    "utc-offset": _offset,
    "geo": _position,
}
