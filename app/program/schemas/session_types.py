"""The wire form of session types."""

from __future__ import annotations

from marshmallow import validate

from app.jsonapi import Int, Schema, Str, Time, staff, to_one

_LENGTH = validate.Regexp(
    r"([01]?[0-9]|2[0-3]):[0-5][0-9]\Z", error="Length should be in the format HH:MM, such as 00:30."
)


class SessionTypeSchema(Schema):
    """What a session is, such as a talk or a workshop, and how long it usually takes."""

    class Meta:
        type_ = "session-type"

    deleted_at = Time(allow_none=True, writable_by=staff)
    name = Str(required=True)
    length = Str(required=True, validate=_LENGTH)
    position = Int()

    event = to_one("event", required=True, inverse="session-types")
