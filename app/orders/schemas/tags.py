"""The wire form of labels of attendees."""

from __future__ import annotations

from app.events.access import registrar
from app.jsonapi import Bool, Schema, Str, Time, staff, to_one


class TagSchema(Schema):
    """A label that an event's people give attendees."""

    class Meta:
        type_ = "tag"

    name = Str(required=True)
    color = Str(allow_none=True)
    is_read_only = Bool()
    deleted_at = Time(allow_none=True, writable_by=staff)

    event = to_one("event", required=True, inverse="tags", inverse_visible_to=registrar)
