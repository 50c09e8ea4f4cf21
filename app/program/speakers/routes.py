"""The order in which an event shows its speakers, set for all of them at once."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.events.access import coorganizer
from app.events.models import Event
from app.events.ordering import Ordering
from app.events.urls import event_of_url
from app.jsonapi import endpoint, json
from app.program.models import Speaker

blueprint = Blueprint("speakers", __name__)
speakers_in_order = Ordering(Speaker, named="speaker", place="order")


@endpoint(blueprint, "/v1/events/<event_id>/reorder-speakers", access=coorganizer, methods=("POST",), load=event_of_url)
def reorder_speakers(event: Event) -> Response:
    """Give speakers the places that the body lists as `{"speaker", "order"}`; with `?reset`, all the first one."""
    if "reset" in request.args:
        return json.answer({"success": True, "updates": speakers_in_order.reset(event.id)})
    return json.answer({"success": True, "updates": speakers_in_order.give(event.id, json.body())})
