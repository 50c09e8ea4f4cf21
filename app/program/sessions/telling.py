"""Having people told about a session, in the transaction in which something has become of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from app.jobs import defer
from app.jsonapi import Actor, Given
from app.program.models import Session
from app.program.sessions.mails import News
from app.program.sessions.tasks import announce_new_session, send_new_session, spread_news

# Changes to these are mailed where the request asks for that.
MAILED_STATES = ("accepted", "rejected", "confirmed", "canceled", "withdrawn")


def is_mailed(changes: Given) -> bool:
    """Whether people are to be told of this change by mail."""
    return bool(changes.get("send_email")) and changes.get("state") in MAILED_STATES


def tell_of_new_session(session: Session) -> None:
    """Tell those who run the event: always inside the application, and by mail once there are speakers."""
    defer(announce_new_session, session_id=session.id)
    if session.speakers:
        defer(send_new_session, session_id=session.id)


def tell_of_change(session: Session, changes: Given, *, actor: Actor) -> None:
    """Tell speakers and team of a new state, where asked for, and the owner of speakers who have come since."""
    if is_mailed(changes):
        spread(session, actor=actor)
    if changes.get("speakers"):
        defer(send_new_session, session_id=session.id)


def spread(
    session: Session,
    *,
    actor: Actor,
    subject: str | None = None,
    message: str | None = None,
    further: Sequence[str] = (),
    notifying: bool = True,
) -> None:
    """Tell speakers and team the state the session is in; `further` addresses get a blind copy."""
    moment = datetime.now(UTC).isoformat()
    news = News(session_id=session.id, state=session.state, moment=moment, subject=subject, message=message)
    defer(spread_news, news=asdict(news), actor_id=actor.id, further=list(further), notifying=notifying)
