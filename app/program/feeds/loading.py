"""Reads what a feed tells, in two statements however many sessions there are, and knows it by its rows' versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, and_, select

from app.adapters.mail.plain_text import plain_text
from app.adapters.templates import frontend
from app.events.models import Event
from app.extensions import db
from app.jsonapi.negotiation import digest
from app.program.feeds.content import Feed, FeedEvent, FeedSession, Link, Person, Room, Track
from app.program.models import (
    PUBLIC_STATES,
    Microlocation,
    Session,
    SessionType,
    Speaker,
    UserFavouriteSession,
    sessions_speakers,
)
from app.program.models import Track as TrackRow

LONGEST_REMEMBERED = 4096  # Characters; 2048 such texts with what they say are a few megabytes.
_LINKS = {"website": "Website", "video_url": "Video", "audio_url": "Audio", "signup_url": "Sign-up"}
_TOLD = (
    "id", "version", "title", "subtitle", "short_abstract", "long_abstract", "starts_at", "ends_at", "language",
    "level", "state", "created_at", "last_modified_at", "slides_url", *_LINKS,
)  # fmt: skip
_OF_ALL = ("id", "name", "version", "deleted_at")
_OF_PLACES = (
    *(getattr(Microlocation, name).label(f"room_{name}") for name in (*_OF_ALL, "position")),
    *(getattr(TrackRow, name).label(f"track_{name}") for name in (*_OF_ALL, "color")),
    *(getattr(SessionType, name).label(f"type_{name}") for name in _OF_ALL),
)


@dataclass(frozen=True)
class Material:
    """The rows of a feed, before anything is made of them."""

    event: Event
    sessions: Sequence[Row[Any]] = ()
    speakers: Sequence[Row[Any]] = ()

    def tag(self, format_name: str) -> str:
        """A fingerprint of the document this becomes: the same rows in the same versions are the same document."""
        sessions = tuple((row.id, _sequence(row)) for row in self.sessions)
        speakers = tuple((row.session_id, row.id, row.version) for row in self.speakers)
        return digest(format_name, frontend(""), self.event.id, self.event.version, sessions, speakers)

    def feed(self) -> Feed:
        """What the feed tells."""
        speakers: dict[int, list[Person]] = defaultdict(list)
        for row in self.speakers:
            speakers[row.session_id].append(Person(row.id, row.name))
        sessions = (_session(self.event, row, tuple(speakers[row.id])) for row in self.sessions)
        return Feed(_event(self.event), tuple(sessions))


def event_alone(event: Event) -> Material:
    """An event without its sessions."""
    return Material(event)


def with_schedule(event: Event, favourites_of: int | None = None) -> Material:
    """An event with its accepted and confirmed sessions that have times; only a user's favourites, if so asked."""
    told = and_(
        Session.event_id == event.id,
        Session.deleted_at.is_(None),
        Session.state.in_(PUBLIC_STATES),
        Session.starts_at.is_not(None),
        Session.ends_at.is_not(None),
    )
    if favourites_of is not None:
        marked = select(UserFavouriteSession.session_id).where(UserFavouriteSession.user_id == favourites_of)
        told = and_(told, Session.id.in_(marked))
    return Material(event, _sessions(told), _speakers(told))


def _sessions(told: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """Deleted rooms, tracks and types come along too: their versions count, so that sequences never fall."""
    statement = (
        select(*(getattr(Session, name) for name in _TOLD), *_OF_PLACES)
        .outerjoin(Microlocation, Microlocation.id == Session.microlocation_id)
        .outerjoin(TrackRow, TrackRow.id == Session.track_id)
        .outerjoin(SessionType, SessionType.id == Session.session_type_id)
        .where(told)
        .order_by(Session.starts_at, Microlocation.position, Session.id)
    )
    return db.session.execute(statement).all()


def _speakers(told: ColumnElement[bool]) -> Sequence[Row[Any]]:
    statement = (
        select(sessions_speakers.c.session_id, Speaker.id, Speaker.name, Speaker.version)
        .join(Speaker, Speaker.id == sessions_speakers.c.speaker_id)
        .join(Session, Session.id == sessions_speakers.c.session_id)
        .where(told, Speaker.deleted_at.is_(None))
        .order_by(sessions_speakers.c.session_id, Speaker.id)
    )
    return db.session.execute(statement).all()


def _event(event: Event) -> FeedEvent:
    return FeedEvent(
        identifier=event.identifier,
        name=event.name,
        zone=ZoneInfo(event.timezone),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        sequence=event.version,
        created_at=event.created_at,
        url=frontend(f"/e/{event.identifier}"),
        organizer=event.owner_name or "",
        description=_plain(event.description),
        location=event.location_name or "",
        latitude=event.latitude,
        longitude=event.longitude,
    )


def _session(event: Event, row: Row[Any], speakers: tuple[Person, ...]) -> FeedSession:
    return FeedSession(
        id=row.id,
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        sequence=_sequence(row),
        created_at=row.created_at,
        modified_at=row.last_modified_at,
        url=frontend(f"/e/{event.identifier}/session/{row.id}"),
        state=row.state,
        subtitle=row.subtitle or "",
        abstract=_plain(row.short_abstract),
        description=_plain(row.long_abstract),
        language=row.language or "",
        level=row.level or "",
        kind=row.type_name if row.type_id and row.type_deleted_at is None else "",
        room=Room(row.room_id, row.room_name, row.room_position)
        if row.room_id and row.room_deleted_at is None
        else None,
        track=Track(row.track_id, row.track_name, row.track_color)
        if row.track_id and row.track_deleted_at is None
        else None,
        speakers=speakers,
        links=tuple(Link(title, getattr(row, name)) for name, title in _LINKS.items() if getattr(row, name)),
        attachments=(Link("Slides", row.slides_url),) if row.slides_url else (),
    )


def _sequence(row: Row[Any]) -> int:
    """Rises when the session or what is told of it in its room, track or type is written.

    Versions of all rows are of one series, so that whatever is linked anew has been passed by the session's own.
    """
    versions: list[int | None] = [row.version, row.room_version, row.track_version, row.type_version]
    return max(version for version in versions if version is not None)


def _plain(html: str | None) -> str:
    if not html:
        return ""
    return _remembered(html) if len(html) <= LONGEST_REMEMBERED else plain_text(html).strip()


@lru_cache(maxsize=2048)
def _remembered(html: str) -> str:
    """A change to one session writes the feed anew, with the texts of all others as they were."""
    return plain_text(html).strip()
