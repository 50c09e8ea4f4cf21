"""The object model of iCalendar (RFC 5545), which its text and its XML form (RFC 6321) write in their own ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

Kind = Literal["text", "date-time", "integer", "uri", "cal-address", "utc-offset", "geo"]
Value = str | int | datetime | timedelta | tuple[float, float]


@dataclass(frozen=True)
class Property:
    """A named value of one kind, or several texts; the name is in lower case."""

    name: str
    kind: Kind
    values: tuple[Value, ...]
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Component:
    """Properties under a name such as `vevent`, with components inside."""

    name: str
    properties: tuple[Property, ...]
    components: tuple[Component, ...] = ()


def text(name: str, *values: str) -> list[Property]:
    """A property of those texts that say something; none without them."""
    said = tuple(value for value in values if value)
    return [Property(name, "text", said)] if said else []


def zoned(name: str, moment: datetime) -> Property:
    """A time on the clocks of its zone.

    UTC where the zone is UTC, and in the second of two hours that clocks show alike, since a time with a zone's name
    means the first (RFC 5545, 3.3.5).
    """
    zone = getattr(moment.tzinfo, "key", "UTC")
    if zone == "UTC" or moment.fold:
        return Property(name, "date-time", (moment.astimezone(UTC),))
    return Property(name, "date-time", (moment.replace(tzinfo=None),), {"tzid": zone})
