"""What a feed tells, whatever its format: an event and its scheduled sessions, as plain values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

# Names never change, wherever the service moves to: calendars know events by them.
HOST = "open-event-server"
_NAMESPACE = UUID("6f1c0d4e-6d3b-5f0a-9a53-0a2f2f0f6c5e")

_MINUTE = timedelta(minutes=1)
_STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_KEPT = "%/:?@!$&'()*+,;=~"
_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Room:
    """Where a session is held."""

    id: int
    name: str
    position: int = 0


@dataclass(frozen=True)
class Track:
    """What a session belongs to, with its colour as `#rrggbb`."""

    id: int
    name: str
    color: str | None = None


@dataclass(frozen=True)
class Person:
    """Somebody who speaks."""

    id: int
    name: str


@dataclass(frozen=True)
class Link:
    """An address with what it is."""

    title: str
    url: str


@dataclass(frozen=True)
class FeedSession:
    """A session with its time; texts are plain, times aware UTC, `sequence` rises with each change."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    sequence: int
    created_at: datetime
    modified_at: datetime
    url: str
    state: str = "confirmed"
    subtitle: str = ""
    abstract: str = ""
    description: str = ""
    language: str = ""
    level: str = ""
    kind: str = ""
    room: Room | None = None
    track: Track | None = None
    speakers: tuple[Person, ...] = ()
    links: tuple[Link, ...] = ()
    attachments: tuple[Link, ...] = ()


@dataclass(frozen=True)
class FeedEvent:
    """An event; the times are missing in drafts that have none yet."""

    identifier: str
    name: str
    zone: ZoneInfo
    starts_at: datetime | None
    ends_at: datetime | None
    sequence: int
    created_at: datetime
    url: str
    organizer: str
    description: str = ""
    location: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Feed:
    """An event and those of its sessions that are told, in the order of their times."""

    event: FeedEvent
    sessions: tuple[FeedSession, ...] = ()


def uid(event: FeedEvent, session: FeedSession | None = None) -> str:
    """The name by which calendars know an event or a session of it, whatever changes about it."""
    return f"{event.identifier}@{HOST}" if session is None else f"{event.identifier}-session-{session.id}@{HOST}"


def guid(*names: object) -> str:
    """A UUID that is always the same for the same names."""
    return str(uuid5(_NAMESPACE, "/".join(str(name) for name in names)))


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment on the clocks of the zone.

    It stays UTC in the calendar's first and last years, which have no neighbours, and before there were zones,
    when offsets had seconds, which XML cannot tell.
    """
    if not 1 < moment.astimezone(UTC).year < 9999:
        return moment.astimezone(UTC)
    there = moment.astimezone(zone)
    return there if (there.utcoffset() or _MINUTE) % _MINUTE == timedelta() else moment.astimezone(UTC)


def clean(text: str) -> str:
    """The text without characters that no feed can hold; every break of lines is a line feed."""
    return text if text.isprintable() else _CONTROL.sub("", _BREAKS.sub("\n", text))


def one_line(text: str) -> str:
    """The clean text in one line, for names."""
    return " ".join(clean(text).split())


def address(url: str) -> str:
    """The address as an RFC 3986 URI: what people paste holds blanks, letters of all kinds and stray marks."""
    before, hash_, fragment = _STRAY_PERCENT.sub("%25", clean(url)).partition("#")
    encoded = quote(before, safe=_KEPT)
    return f"{encoded}#{quote(fragment, safe=_KEPT)}" if hash_ else encoded


def paragraphs(*texts: str) -> str:
    """The texts that say something, one below the other."""
    return "\n\n".join(text for text in texts if text)
