"""Plain endpoints about sessions: states, mails, and what a schedule can be filtered by."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request
from marshmallow import ValidationError
from sqlalchemy import select

from app.adapters.mail import InvalidAddress, address
from app.api import registry
from app.events.models import Event
from app.events.urls import event_of_url
from app.extensions import db
from app.jsonapi import anyone, current_actor, endpoint, json
from app.jsonapi.errors import UnprocessableEntity
from app.jsonapi.fields import storable
from app.jsonapi.lookup import find
from app.jsonapi.visibility import readable
from app.limits.spending import spend
from app.program.access import decider
from app.program.feeds.content import local
from app.program.models import PUBLIC_STATES, STATES, Session
from app.program.sessions.rules import notify_of_state
from app.program.sessions.states import DECIDER, SPEAKER, Moves
from app.program.sessions.texts import MESSAGES, RECIPIENT, SUBJECTS

blueprint = Blueprint("sessions", __name__)

MOST_COPIES = 20
LONGEST_SUBJECT, LONGEST_MESSAGE = 200, 20_000


def session_of_url(id: str) -> Session:
    """The session with this id; raises NotFound, for those the actor may not see too."""
    session: Session = find(registry.by_type["session"], id, current_actor())
    return session


@endpoint(blueprint, "/v1/sessions/states", access=anyone)
def session_states() -> Response:
    """Which states a session can be given from which: `{"organizer": {from: {to: true}}, "speaker": …}`."""
    return json.answer({"organizer": _targets(DECIDER), "speaker": _targets(SPEAKER)})


def _targets(moves: Moves) -> dict[str, dict[str, bool]]:
    return {state: dict.fromkeys(moves[state], True) for state in STATES}


@endpoint(blueprint, "/v1/sessions/mails", access=anyone)
def session_mails() -> Response:
    """What speakers are told of each state: `{state: {"subject", "message"}}`, and who is meant by it."""
    texts = {state: {"subject": SUBJECTS[state], "message": MESSAGES[state]} for state in STATES}
    return json.answer({"recipient": RECIPIENT, **texts})


@endpoint(blueprint, "/v1/sessions/<id>/notify", access=decider, methods=("POST",), load=session_of_url)
def notify_speakers(session: Session) -> Response:
    """Mail speakers and team the session's state: `{"subject"?, "message"?, "bcc"?: […]}`."""
    members = json.body() if request.get_data() else {}
    if not isinstance(members, dict):
        raise UnprocessableEntity("The body is an object.", pointer="/data")
    actor = current_actor()
    texts = {
        "subject": _text(members, "subject", LONGEST_SUBJECT),
        "message": _text(members, "message", LONGEST_MESSAGE),
    }
    further = _addresses(members.get("bcc"))
    spend("RATE_LIMIT_NOTIFY", f"user {actor.id}")
    notify_of_state(session, actor=actor, further=further, **texts)
    return json.answer({"success": True})


def _text(members: dict[str, Any], name: str, longest: int) -> str | None:
    """What was written in place of our text; nothing, or blanks, leave ours."""
    value = members.get(name)
    if value is not None and not isinstance(value, str):
        raise UnprocessableEntity(f"{name} is a text.", pointer="/data")
    if value is not None and len(value) > longest:
        raise UnprocessableEntity(f"{name} has at most {longest} characters.", pointer="/data")
    if not value or not value.strip():
        return None
    try:
        return storable(value)
    except ValidationError as error:
        raise UnprocessableEntity(f"{name} holds a character that cannot be stored.", pointer="/data") from error


def _addresses(value: Any) -> list[str]:
    if not isinstance(value or [], list) or len(value or []) > MOST_COPIES:
        raise UnprocessableEntity(f"bcc is a list of at most {MOST_COPIES} addresses.", pointer="/data")
    try:
        return [address(str(each)).addr_spec for each in value or []]
    except InvalidAddress as error:
        raise UnprocessableEntity("bcc has to hold e-mail addresses.", pointer="/data") from error


@endpoint(blueprint, "/v1/events/<event_id>/sessions/dates", access=anyone, load=event_of_url)
def session_dates(event: Event) -> Response:
    """The days of the schedule by the event's clock, as `YYYY-MM-DD`, in order."""
    starts = db.session.scalars(_public(event, Session.starts_at))
    zone = ZoneInfo(event.timezone)
    return json.answer(sorted({local(moment, zone).date().isoformat() for moment in starts if moment is not None}))


@endpoint(blueprint, "/v1/events/<event_id>/sessions/languages", access=anyone, load=event_of_url)
def session_languages(event: Event) -> Response:
    """The languages of the schedule, in order."""
    languages = db.session.scalars(_public(event, Session.language))
    return json.answer(sorted({language for language in languages if language}))


def _public(event: Event, column: Any) -> Any:
    """What selects the different values of this column among the event's accepted and confirmed sessions."""
    shown = readable(registry.by_type["session"], Session, current_actor())
    return select(column).where(Session.event_id == event.id, Session.state.in_(PUBLIC_STATES), shown).distinct()
