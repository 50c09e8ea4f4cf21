"""The schedule: no room and no speaker is in two sessions at one time, and no session is outside its event.

The database is the judge (migration 0012): whatever writes sessions, their speakers, rooms or events, triggers keep
`room_bookings` and `speaker_bookings`, whose exclusion constraints refuse overlaps also of requests under way at one
time. Here their refusals become answers that name the session in the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Text, and_, cast, func, select

from app.api import registry
from app.events.models import Event
from app.extensions import db
from app.jsonapi.errors import ApiError, Conflict, explains
from app.jsonapi.permissions import current_actor
from app.jsonapi.visibility import readable
from app.program.feeds.content import local
from app.program.models import SCHEDULED_STATES, Microlocation, Session, Speaker

# How the database names the booking in the way: the number of the room or speaker, and the time.
_KEY = re.compile(r'\(\[(\d+),\d+\), (\["[^"]+","[^"]+"\))\)')


@explains("room_bookings_overlap")
def _room_is_taken(diagnosis: Any) -> ApiError:
    found = _in_the_way(diagnosis, lambda room_id: Session.microlocation_id == room_id)
    if found is None:
        return Conflict("The room is taken at that time.", pointer="/data/relationships/microlocation")
    room_id, session = found
    return _clash(f'Room "{db.session.get_one(Microlocation, room_id).name}" is taken', session, "microlocation")


@explains("speaker_bookings_overlap")
def _speaker_is_elsewhere(diagnosis: Any) -> ApiError:
    found = _in_the_way(diagnosis, lambda speaker_id: Session.speakers.any(Speaker.id == speaker_id))
    if found is None:
        return Conflict("A speaker is in another session at that time.", pointer="/data/relationships/speakers")
    speaker_id, session = found
    return _clash(f'Speaker "{db.session.get_one(Speaker, speaker_id).name}" is taken', session, "speakers")


@explains("sessions_within_event")
def _outside_event(diagnosis: Any) -> ApiError:
    """A new session was rolled back, so only its event's dates could be told; the one asked for is the reader's own."""
    session = db.session.get(Session, int(diagnosis.message_detail))
    named = f"Session {_named(session)}" if session is not None else "The session"
    lasts = f", which lasts {_span(session.event, session.event)}" if session is not None else ""
    detail = f"{named} would not be within its event{lasts}."
    return Conflict(detail, source=_source("attributes/starts-at", session))


def _in_the_way(diagnosis: Any, takes: Callable[[int], ColumnElement[bool]]) -> tuple[int, Session] | None:
    """The number of the room or speaker, and the session whose booking the refused one would overlap.

    Sessions are looked for instead of bookings, because a booking made by the refused request itself has gone with it.
    None if the session has moved since.
    """
    keys = _KEY.findall(diagnosis.message_detail or "")
    if not keys:
        return None
    taken, during = keys[-1]
    at_that_time = cast(func.tstzrange(Session.starts_at, Session.ends_at), Text) == during
    scheduled = and_(Session.state.in_(SCHEDULED_STATES), Session.deleted_at.is_(None))
    session = db.session.scalars(select(Session).where(takes(int(taken)), at_that_time, scheduled)).first()
    return None if session is None else (int(taken), session)


def _clash(what: str, session: Session, relation: str) -> Conflict:
    detail = f"{what} {_span(session, session.event)} by session {_named(session)}."
    return Conflict(detail, source=_source(f"relationships/{relation}", session))


def _named(session: Session) -> str:
    """The session by number and, for those who may read it, by title."""
    seen = select(Session.id).where(
        Session.id == session.id, readable(registry.by_type["session"], Session, current_actor())
    )
    title = f' "{session.title}"' if db.session.scalar(seen) is not None else ""
    return f"{session.id}{title}"


def _source(place: str, session: Session | None) -> dict[str, str]:
    pointer = {"pointer": f"/data/{place}"}
    return pointer if session is None else pointer | {"session": str(session.id)}


def _span(row: Session | Event, event: Event) -> str:
    """From when to when, by the clock of the event."""
    return f"from {_local(row.starts_at, event)} to {_local(row.ends_at, event)}"


def _local(moment: datetime | None, event: Event) -> str:
    return local(moment, ZoneInfo(event.timezone)).strftime("%Y-%m-%d %H:%M") if moment is not None else "no date"
