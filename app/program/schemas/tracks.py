"""The wire form of tracks."""

from __future__ import annotations

from marshmallow import validate

from app.jsonapi import Int, Schema, Str, Time, staff, to_one

_COLOR = validate.Regexp(r"#([0-9a-fA-F]{3}){1,2}\Z", error="Color should be a hexadecimal value such as #1f7a8c.")


class TrackSchema(Schema):
    """A thread of sessions about one subject."""

    class Meta:
        type_ = "track"

    deleted_at = Time(allow_none=True, writable_by=staff)
    name = Str(required=True)
    description = Str(allow_none=True)
    color = Str(required=True, validate=_COLOR)
    font_color = Str(dump_only=True)
    position = Int()

    event = to_one("event", required=True, inverse="tracks")
