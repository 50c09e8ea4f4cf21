"""`POST /v1/events/{id or identifier}/copy`."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.events.models import Event
from app.events.urls import event_of_url
from app.jsonapi import current_actor, endpoint, json, logged_in, require
from app.limits.spending import spend
from app.transfer.access import copier
from app.transfer.copying import copy_event
from app.transfer.request import read_wishes

blueprint = Blueprint("transfer", __name__)


def event_to_copy(event_id: str) -> Event:
    """The event with this id or identifier, for somebody who is signed in; raises NotFound, also for others' drafts."""
    require(logged_in)
    return event_of_url(event_id)


@endpoint(blueprint, "/v1/events/<event_id>/copy", access=copier, methods=("POST",), load=event_to_copy)
def copy(event: Event) -> Response:
    """Make a draft of the caller's own with what the event consists of."""
    actor = current_actor()
    spend("RATE_LIMIT_COPY", f"user {actor.id}")
    wishes = read_wishes(json.body() if request.get_data(cache=True) else {})
    made = copy_event(event, wishes, actor=actor)
    return json.answer({"id": made.id, "identifier": made.identifier, "copied": True})
