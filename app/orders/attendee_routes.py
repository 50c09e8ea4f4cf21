"""What people at the door ask about attendees."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import or_, select

from app.events.access import registrar
from app.events.models import Event
from app.events.resources import EventDetail
from app.extensions import db
from app.jsonapi import current_actor, endpoint, json, logged_in, require
from app.jsonapi.errors import NotFound, UnprocessableEntity
from app.jsonapi.lookup import find, id_of
from app.orders.models import Attendee

blueprint = Blueprint("attendees", __name__)

MOST_FOUND = 100


def event_of_url(event_id: str) -> Event:
    """The event with this id or identifier, for somebody who is signed in."""
    require(logged_in)
    event: Event = find(EventDetail.declared, event_id, current_actor(), parameter="event_id")
    return event


def event_of_query() -> Event:
    """The event that `event_id` names in the query string."""
    require(logged_in)
    return event_of_url(str(_number("event_id")))


@endpoint(blueprint, "/v1/events/<event_id>/attendees/search", access=registrar, load=event_of_url)
def search_attendees(event: Event) -> Response:
    """An event's attendees whose name or e-mail address contains a text, newest first."""
    found = select(Attendee).where(Attendee.event_id == event.id, Attendee.deleted_at.is_(None))
    name, email = request.args.get("name"), request.args.get("email")
    if name:
        found = found.where(or_(_contains(Attendee.firstname, name), _contains(Attendee.lastname, name)))
    if email:
        found = found.where(_contains(Attendee.email, email))
    rows = db.session.scalars(found.order_by(Attendee.created_at.desc(), Attendee.id.desc()).limit(MOST_FOUND))
    return json.answer({"attendees": [_summary(attendee) for attendee in rows]})


@endpoint(blueprint, "/v1/states", access=registrar, load=event_of_query)
def registration_state(event: Event) -> Response:
    """Whether and when an attendee was registered at the event."""
    number = _number("attendee_id")
    attendee = db.session.scalar(select(Attendee).where(Attendee.id == number, Attendee.deleted_at.is_(None)))
    if attendee is None:
        raise NotFound(f"Attendee: {number} not found", parameter="attendee_id")
    if attendee.event_id != event.id:
        raise UnprocessableEntity("Attendee not belong to this event.", parameter="attendee_id")
    return json.answer({"is_registered": attendee.is_registered, "register_times": attendee.register_times})


def _number(name: str) -> int:
    """The id a query parameter holds; raises NotFound when it is missing, UnprocessableEntity when it is no number."""
    text = request.args.get(name)
    if not text:
        raise NotFound(f"{name} is missing", parameter=name)
    number = id_of(text)
    if number is None:
        raise UnprocessableEntity(f"{text} is not a valid id", parameter=name)
    return number


def _contains(column: Any, text: str) -> Any:
    return column.icontains(text.replace("\x00", ""), autoescape=True)


def _summary(attendee: Attendee) -> dict[str, Any]:
    shown = (
        "id", "identifier", "firstname", "lastname", "email", "ticket_id", "order_id",
        "is_checked_in", "checkin_times", "is_registered", "register_times",
    )  # fmt: skip
    return {name: getattr(attendee, name) for name in shown}
