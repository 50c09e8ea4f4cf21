"""The event that a plain endpoint's URL names."""

from __future__ import annotations

from app.events.models import Event
from app.events.resources import EventDetail
from app.jsonapi import current_actor
from app.jsonapi.lookup import find


def event_of_url(event_id: str) -> Event:
    """The event with this id or identifier; raises NotFound, for drafts to outsiders too."""
    event: Event = find(EventDetail.declared, event_id, current_actor(), parameter="event_id")
    return event
