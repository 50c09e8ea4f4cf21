"""What follows from the end of an event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select

from app.adapters.mail import compose, message_id_of
from app.events.access import ORGANIZER
from app.events.models import Event
from app.events.reaching import mailboxes, team_of
from app.extensions import db
from app.messages.mailing import send_once


def has_just_ended(moment: datetime) -> ColumnElement[bool]:
    """The criterion for published events that ended in the 24 hours before that moment."""
    lately = Event.ends_at > moment - timedelta(hours=24), Event.ends_at <= moment
    return and_(Event.state == "published", Event.deleted_at.is_(None), *lately)


def just_ended(moment: datetime, *, after: int, limit: int) -> list[int]:
    """The ids of such events behind this one, so many at most."""
    found = select(Event.id).where(has_just_ended(moment), Event.id > after).order_by(Event.id).limit(limit)
    return list(db.session.scalars(found))


def day_of_end(event: Event) -> str | None:
    """The day in UTC on which a published event has ended, as YYYY-MM-DD; None while it has not, or no longer has."""
    gone = event.state != "published" or event.deleted_at is not None
    if gone or event.ends_at is None or event.ends_at > datetime.now(UTC):
        return None
    return event.ends_at.date().isoformat()


def send_after_event(event_id: int) -> None:
    """Tell owner and organizers by one mail that their event is over; again where it ends on another day after all."""
    event = db.session.get(Event, event_id)
    team = mailboxes(team_of(event_id, ORGANIZER))
    day = day_of_end(event) if event is not None else None
    if event is None or day is None or not team:
        return
    send_once(
        compose(
            "events/after_event.html",
            {"event": event},
            to=team[0],
            bcc=tuple(team[1:]),
            message_id=message_id_of("after-event", event.identifier, day),
        )
    )
