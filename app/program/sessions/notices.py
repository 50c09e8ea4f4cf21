"""The notifications about a session: to those who run its event, and to its speakers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.events.access import ORGANIZER
from app.events.reaching import team_of
from app.extensions import db
from app.messages.notifying import Target, notify
from app.program.models import Session, sessions_speakers
from app.program.models.speakers import accounts_of_speakers
from app.program.sessions.mails import News, live_session
from app.users.models import User


def announce_new_session(session_id: int) -> None:
    """Tell owner and organizers that a session was proposed; each once, however often this runs."""
    session = live_session(session_id)
    if session is None:
        return
    organizers = [user.id for user in team_of(session.event_id, ORGANIZER)]
    actors = [_named(session.creator)] if session.creator is not None else []
    about = _about(session, "created")
    notify(organizers, type="new_session", occasion=str(session.id), target=about, actors=actors)


def announce_news(news: News, actor_id: int) -> None:
    """Tell the session's speakers who have an account what has become of it, and who says so."""
    session, actor = live_session(news.session_id), db.session.get(User, actor_id)
    if session is None:
        return
    actors = [_named(actor)] if actor is not None else []
    occasion = f"{session.id} {news.state} {news.moment}"
    about = _about(session, news.state)
    notify(_speakers(session), type="session_state_change", occasion=occasion, target=about, actors=actors)


def _speakers(session: Session) -> list[int]:
    accounts = accounts_of_speakers().subquery()
    user_id, speaker_id = accounts.c
    speaking = (
        select(user_id)
        .join(sessions_speakers, sessions_speakers.c.speaker_id == speaker_id)
        .join(User, User.id == user_id)
        .where(sessions_speakers.c.session_id == session.id, User.deleted_at.is_(None))
    )
    return list(db.session.scalars(speaking))


def _named(user: User) -> dict[str, Any]:
    return {"id": user.id, "name": user.full_name}


def _about(session: Session, action: str) -> Target:
    event = session.event
    facts: dict[str, Any] = {
        "session": {"id": session.id, "title": session.title, "state": session.state},
        "event": {"id": event.id, "identifier": event.identifier, "name": event.name},
    }
    return Target(type="Session", id=session.id, action=action, facts=facts)
