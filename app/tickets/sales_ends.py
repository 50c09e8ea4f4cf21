"""The mails to those who run an event about tickets whose sale ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.adapters.mail import compose, message_id_of
from app.events.access import ORGANIZER
from app.events.models import Event
from app.events.reaching import mailboxes, team_of
from app.extensions import db
from app.messages.mailing import send_once
from app.tickets.models import Ticket

# How many days after the day of the mail the sale ends.
DAYS_AHEAD = {
    "tickets/ticket_sales_end.html": -1,
    "tickets/ticket_sales_end_tomorrow.html": 1,
    "tickets/ticket_sales_end_next_week.html": 7,
}


def _ends_on(day: date) -> ColumnElement[bool]:
    """The criterion for tickets whose sale ends on this day in UTC, of published events that go on."""
    midnight = datetime.combine(day, datetime.min.time(), UTC)
    sale = Ticket.sales_ends_at >= midnight, Ticket.sales_ends_at < midnight + timedelta(days=1)
    goes_on = or_(Event.ends_at.is_(None), Event.ends_at > func.now())
    running = and_(Event.state == "published", Event.deleted_at.is_(None), goes_on)
    return and_(Ticket.deleted_at.is_(None), *sale, running)


def events_whose_sales_end(day: date, *, after: int, limit: int) -> list[int]:
    """The ids of events behind this one that have such tickets."""
    found = select(Ticket.event_id).distinct().join(Event, Event.id == Ticket.event_id)
    return list(
        db.session.scalars(found.where(_ends_on(day), Ticket.event_id > after).order_by(Ticket.event_id).limit(limit))
    )


def send_sales_end(template: str, event_id: int, day: date) -> None:
    """Name the tickets whose sale ends on this day to owner and organizers, by one mail."""
    tickets = _tickets(event_id, day)
    team = mailboxes(team_of(event_id, ORGANIZER))
    if not tickets or not team:
        return
    event = db.session.get_one(Event, event_id)
    action = template.rpartition("/")[2].removesuffix(".html")
    send_once(
        compose(
            template,
            {"event": event, "tickets": tickets},
            to=team[0],
            bcc=tuple(team[1:]),
            message_id=message_id_of(action.replace("_", "-"), event.identifier, day.isoformat()),
        )
    )


def _tickets(event_id: int, day: date) -> Sequence[Ticket]:
    found = select(Ticket).join(Event, Event.id == Ticket.event_id).where(Ticket.event_id == event_id, _ends_on(day))
    return db.session.scalars(found.order_by(Ticket.sales_ends_at, Ticket.position, Ticket.id)).all()
