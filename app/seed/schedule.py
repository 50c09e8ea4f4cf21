"""Puts the demo programme into the schedule of its event."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.events.models import Event
from app.extensions import db
from app.jsonapi import Actor
from app.program.models import (
    Feedback,
    Microlocation,
    Session,
    SessionType,
    Speaker,
    SpeakersCall,
    Track,
    UserFavouriteSession,
)
from app.seed.programme import DAYS, HOME, PROPOSAL, ROOMS, SPEAKERS, TRACKS, TYPES, Talk

OPENING, AFTER_LUNCH, PAUSE = time(9), time(14), timedelta(minutes=20)


def add_programme(event: Event, organizer: Actor, proposer: Actor) -> list[Session]:
    """Rooms, tracks, speakers and a published schedule of two days, and a call for speakers with one proposal.

    Gives the sessions of the schedule.
    """
    rooms = {name: Microlocation(event=event, name=name, **values) for name, values in ROOMS.items()}
    tracks = {
        name: Track(event=event, name=name, position=place, **TRACKS[name]) for place, name in enumerate(TRACKS, 1)
    }
    types = {
        name: SessionType(event=event, name=name, length=TYPES[name], position=place)
        for place, name in enumerate(TYPES, 1)
    }
    speakers = {person[0]: _speaker(event, place, *person) for place, person in enumerate(SPEAKERS)}
    db.session.add_all([*rooms.values(), *tracks.values(), *types.values(), *speakers.values()])
    db.session.flush()
    talks = [
        _session(event, talk, begins, tracks, rooms, types, speakers, organizer) for talk, begins in _timetable(event)
    ]
    db.session.add_all(talks)
    db.session.flush()
    _open_call(event, proposer, types["Talk"])
    _like(talks, organizer, proposer)
    return talks


def _speaker(event: Event, place: int, name: str, organisation: str, country: str, about: str) -> Speaker:
    address = name.lower().replace(" ", ".") + "@example.com"
    biography = f"<p>{name} {about}</p>"
    return Speaker(
        event=event, name=name, email=address, organisation=organisation, country=country,
        short_biography=biography, is_featured=place < 2, order=place,
    )  # fmt: skip


def _timetable(event: Event) -> list[tuple[Talk, datetime]]:
    """Each talk with its beginning: a track's talks one after the other, behind the keynote of the day."""
    zone = ZoneInfo(event.timezone)
    assert event.starts_at is not None
    first_day: date = event.starts_at.astimezone(zone).date()
    found = []
    for number, talks in enumerate(DAYS):
        opening = datetime.combine(first_day + timedelta(days=number), OPENING, zone)
        free: defaultdict[str, datetime] = defaultdict(lambda opening=opening: opening)  # type: ignore[misc]
        for talk in talks:
            track, kind = talk[0], talk[3]
            begins = free[track]
            if kind == "Workshop":
                begins = max(begins, datetime.combine(begins, AFTER_LUNCH, zone))
            found.append((talk, begins.astimezone(UTC)))
            free[track] = ends = begins + _length(kind) + PAUSE
            if kind == "Keynote":
                free = defaultdict(lambda ends=ends: ends)  # type: ignore[misc]
    return found


def _length(kind: str) -> timedelta:
    hours, minutes = TYPES[kind].split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _session(
    event: Event,
    talk: Talk,
    begins: datetime,
    tracks: dict[str, Track],
    rooms: dict[str, Microlocation],
    types: dict[str, SessionType],
    speakers: dict[str, Speaker],
    organizer: Actor,
) -> Session:
    track, title, names, kind, level, about = talk
    room = next(iter(rooms)) if kind == "Keynote" else HOME[track]
    return Session(
        event=event, title=title, short_abstract=f"<p>{about}</p>", level=level, language="English", state="confirmed",
        starts_at=begins, ends_at=begins + _length(kind), track=tracks[track], microlocation=rooms[room],
        session_type=types[kind], speakers=[speakers[name] for name in names], creator_id=organizer.id,
        submitted_at=datetime.now(UTC),
    )  # fmt: skip


def _open_call(event: Event, proposer: Actor, kind: SessionType) -> None:
    """A call that is open until a month before the event, and what has come in so far."""
    assert event.starts_at is not None
    now = datetime.now(UTC)
    call = SpeakersCall(
        event=event, starts_at=now - timedelta(days=14), ends_at=event.starts_at - timedelta(days=30),
        announcement="<p>Tell us about what you make, break or look after. First-time speakers are welcome.</p>",
    )  # fmt: skip
    speaker = Speaker(event=event, name=proposer.user.full_name, email=proposer.user.email, user_id=proposer.id)
    proposal = Session(
        event=event, **PROPOSAL, state="pending", creator_id=proposer.id, session_type=kind, speakers=[speaker],
        submitted_at=now,
    )  # fmt: skip
    db.session.add_all([call, speaker, proposal])
    db.session.flush()


def _like(talks: list[Session], organizer: Actor, visitor: Actor) -> None:
    """A few ratings by the organizer, and what the visitor does not want to miss."""
    ratings = [
        Feedback(user_id=organizer.id, session=talk, rating=3 + place % 3) for place, talk in enumerate(talks[:6])
    ]
    favourites = [UserFavouriteSession(user_id=visitor.id, session=talk) for talk in talks[::4]]
    db.session.add_all([*ratings, *favourites])
    db.session.flush()
