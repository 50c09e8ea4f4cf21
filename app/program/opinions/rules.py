"""The rules of ratings and favourites."""

from __future__ import annotations

from typing import Any

from app.jsonapi import Actor
from app.jsonapi.errors import Conflict, Forbidden, NotFound, UnprocessableEntity, explains
from app.program.models import Feedback, UserFavouriteSession
from app.program.opinions.access import team_of_session


def check_new_feedback(feedback: Feedback, *, actor: Actor) -> None:
    """Refuse a rating of neither or both, by somebody else, or of a session by who does not review it."""
    if feedback.user is None:
        feedback.user = actor.user
    if feedback.user.id != actor.id and not actor.is_staff:
        raise NotFound(f"User: {feedback.user.id} doesn't match auth key", parameter="user_id")
    if feedback.event is not None and feedback.session is not None:
        raise _one_of_them("Only one relationship between event and session is allowed")
    if feedback.event is None and feedback.session is None:
        raise _one_of_them("A valid relationship with event and session is required")
    if feedback.session is not None and not team_of_session.allows(actor, feedback):
        raise Forbidden("Event co-organizer access required", pointer="/data/relationships/session")


def _one_of_them(detail: str) -> UnprocessableEntity:
    return UnprocessableEntity(detail, pointer="/data/relationships")


def mark(favourite: UserFavouriteSession, *, actor: Actor) -> None:
    """Make the actor the one who marks the session."""
    favourite.user = actor.user


@explains("uq_feedbacks_user_id_session_id")
def _session_rated(_: Any) -> Conflict:
    return Conflict("Session already rated", pointer="/data/relationships/session")


@explains("uq_feedbacks_user_id_event_id")
def _event_rated(_: Any) -> Conflict:
    return Conflict("Event already rated", pointer="/data/relationships/event")


@explains("uq_user_favourite_sessions_user_id_session_id")
def _session_marked(_: Any) -> Conflict:
    return Conflict("Session already favourited", pointer="/data/relationships/session")
