"""Feeds of events over HTTP: calendars and schedules that programs fetch without an account, and exports of them."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from sqlalchemy import select

from app.events.access import coorganizer, member, readable_event
from app.events.models import Event
from app.events.resources import EventDetail
from app.extensions import db
from app.jsonapi import current_actor, endpoint, json, logged_in, require
from app.jsonapi.errors import NotFound
from app.jsonapi.lookup import find, matches
from app.jsonapi.negotiation import is_unchanged
from app.jsonapi.written import Written
from app.program.feeds.formats import ICAL, PENTABARF, XCAL, Format
from app.program.feeds.loading import Material, event_alone, with_schedule
from app.program.feeds.tasks import export_feed
from app.tasks.services import start_task, task_url
from app.users.access import itself_or_staff
from app.users.models import User

blueprint = Blueprint("feeds", __name__)

MOST_KEPT_BYTES = 8 * 1024 * 1024
LOGIN_REQUIRED = {"error": "Login or User ID required"}


def event_of_feed(event_id: str) -> Event:
    """The event with this id or identifier, for whoever asks."""
    event: Event = find(EventDetail.declared, event_id, current_actor(), parameter="event_id")
    return event


def event_of_export(event_id: str) -> Event:
    """The event with this id or identifier, for somebody who is signed in."""
    require(logged_in)
    return event_of_feed(event_id)


@endpoint(blueprint, "/v1/events/<event_id>.ics", access=readable_event, load=event_of_feed)
def event_ical(event: Event) -> Response:
    """The event as iCalendar; with `include_sessions` its schedule too, with `my_schedule` only favourites of it."""
    if "include_sessions" not in request.args:
        return _answer(event, event_alone(event), ICAL)
    if "my_schedule" not in request.args:
        return _answer(event, _schedule(event), ICAL)
    user_id = _favourites_wanted()
    if user_id is None:
        return json.answer(LOGIN_REQUIRED, 401)
    return _answer(event, _schedule(event, user_id), ICAL)


@endpoint(blueprint, "/v1/events/<event_id>.xcs", access=readable_event, load=event_of_feed)
def event_xcal(event: Event) -> Response:
    """The event and its schedule as xCal."""
    return _answer(event, _schedule(event), XCAL)


@endpoint(blueprint, "/v1/events/<event_id>.xml", access=readable_event, load=event_of_feed)
def event_pentabarf(event: Event) -> Response:
    """The event's schedule as schedule XML."""
    return _answer(event, _schedule(event), PENTABARF)


@endpoint(blueprint, "/v1/events/<event_id>/export/ical", access=coorganizer, load=event_of_export)
def export_ical(event: Event) -> Response:
    """Start writing the schedule to a file, as iCalendar."""
    return _started(event, "ical")


@endpoint(blueprint, "/v1/events/<event_id>/export/xcal", access=coorganizer, load=event_of_export)
def export_xcal(event: Event) -> Response:
    """Start writing the schedule to a file, as xCal."""
    return _started(event, "xcal")


@endpoint(blueprint, "/v1/events/<event_id>/export/pentabarf", access=coorganizer, load=event_of_export)
def export_pentabarf(event: Event) -> Response:
    """Start writing the schedule to a file, as schedule XML."""
    return _started(event, "pentabarf")


def _started(event: Event, format_name: str) -> Response:
    if request.method == "HEAD":  # Whoever only looks has asked for nothing.
        return json.answer({})
    task = start_task(export_feed, actor=current_actor(), event_id=event.id, format_name=format_name)
    return json.answer({"task_url": task_url(task)})


def _schedule(event: Event, favourites_of: int | None = None) -> Material:
    """Sessions are told to everybody once the schedule is published, and always to those who work on the event."""
    if event.is_schedule_published or member.allows(current_actor(), event):
        return with_schedule(event, favourites_of)
    return event_alone(event)


def _favourites_wanted() -> int | None:
    """Whose favourites are asked for; None when nobody is named and nobody is signed in.

    Calendar programs have no token, so people whose profile is public are asked for by `user_id`. To others, all else
    does not exist.
    """
    actor, named = current_actor(), request.args.get("user_id")
    if not named:
        return actor.id
    user = db.session.scalars(select(User).where(matches(User, named), User.deleted_at.is_(None))).first()
    if user is None or not (user.is_profile_public or itself_or_staff.allows(actor, user)):
        raise NotFound(f"User: {named} not found", parameter="user_id")
    return int(user.id)


def _answer(event: Event, material: Material, format_: Format) -> Response:
    tag = material.tag(format_.name)
    response = Response(status=304) if is_unchanged(tag) else _document(event, material, format_, tag)
    response.headers["ETag"] = f'W/"{tag}"'
    return response


def _document(event: Event, material: Material, format_: Format, tag: str) -> Response:
    key = (tag, event.id, event.version)
    body = _written().get(key)
    if body is None:
        body = format_.write(material.feed())
        _written().keep(key, body)
    response = Response(body, content_type=f"{format_.media_type}; charset=utf-8")
    disposition = "attachment" if "download" in request.args else "inline"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{event.identifier}.{format_.ending}"'
    return response


def _written() -> Written:
    """What was written before: many ask for the same feed, and it is the same for all who see the same rows."""
    kept: Written = current_app.extensions.setdefault("feeds", Written(MOST_KEPT_BYTES))
    return kept
