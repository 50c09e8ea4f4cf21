"""The wire form of events and of what classifies them."""

from __future__ import annotations

from app.jsonapi import Schema, Str


class EventTypeSchema(Schema):
    """A kind of event."""

    class Meta:
        type_ = "event-type"

    name = Str(required=True)
    slug = Str(dump_only=True)
