"""The wire form of rooms."""

from __future__ import annotations

from app.jsonapi import Bool, Int, Number, Schema, Str, Time, staff, to_one


class MicrolocationSchema(Schema):
    """A room of the event's venue, or online."""

    class Meta:
        type_ = "microlocation"

    deleted_at = Time(allow_none=True, writable_by=staff)
    name = Str(required=True)
    latitude = Number(allow_none=True, least=-90, most=90)
    longitude = Number(allow_none=True, least=-180, most=180)
    floor = Int(allow_none=True)
    room = Str(allow_none=True)
    position = Int()
    hidden_in_scheduler = Bool()
    is_chat_enabled = Bool()
    is_global_event_room = Bool()
    # Takes effect where the event allows it too.
    is_overlap_allowed = Bool()
    chat_room_name = Str(dump_only=True)

    event = to_one("event", required=True, inverse="microlocations")
