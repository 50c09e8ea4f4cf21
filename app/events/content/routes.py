"""What an event's page does beside showing: ordering its exhibitors, and writing to those who run the event."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.events.access import coorganizer
from app.events.content.contacting import contact_organizers, read_message
from app.events.content.services import exhibitors_in_order
from app.events.models import Event
from app.events.urls import event_of_url
from app.jsonapi import current_actor, endpoint, json, logged_in
from app.limits.spending import spend

blueprint = Blueprint("content", __name__)


@endpoint(
    blueprint, "/v1/events/<event_id>/reorder-exhibitors", access=coorganizer, methods=("POST",), load=event_of_url
)
def reorder_exhibitors(event: Event) -> Response:
    """Give exhibitors the places that the body lists as `{"exhibitor", "position"}`; with `?reset`, all the first."""
    if "reset" in request.args:
        return json.answer({"success": True, "updates": exhibitors_in_order.reset(event.id)})
    return json.answer({"success": True, "updates": exhibitors_in_order.give(event.id, json.body())})


@endpoint(blueprint, "/v1/events/<event_id>/contact-organizer", access=logged_in, methods=("POST",), load=event_of_url)
def contact_organizer(event: Event) -> Response:
    """Mail `{"email": text}` to those who run the event."""
    text, actor = read_message(json.body()), current_actor()
    spend("RATE_LIMIT_CONTACT", f"user {actor.id}")
    contact_organizers(event, text, actor=actor)
    return json.answer({"success": True})
