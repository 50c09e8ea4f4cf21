"""The order in which an event shows its speakers, set for all of them at once."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.events.access import coorganizer
from app.events.models import Event
from app.events.resources import EventDetail
from app.jsonapi import current_actor, endpoint, json
from app.jsonapi.lookup import find
from app.program.speakers import order

blueprint = Blueprint("speakers", __name__)


def event_of_speakers(event_id: str) -> Event:
    """The event with this id or identifier; raises NotFound, for drafts to outsiders too."""
    event: Event = find(EventDetail.declared, event_id, current_actor(), parameter="event_id")
    return event


@endpoint(
    blueprint, "/v1/events/<event_id>/reorder-speakers", access=coorganizer, methods=("POST",), load=event_of_speakers
)
def reorder_speakers(event: Event) -> Response:
    """Give speakers the places that the body lists as `{"speaker", "order"}`; with `?reset`, all the first one."""
    if "reset" in request.args:
        return json.answer({"success": True, "updates": order.reset_order(event.id)})
    places = order.read_places(json.body())
    return json.answer({"success": True, "updates": order.set_order(event.id, places)})
