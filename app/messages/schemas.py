"""The wire form of notifications."""

from __future__ import annotations

from app.jsonapi import Bool, Json, Schema, Time, to_one


class NotificationSchema(Schema):
    """That something happened which concerns a user."""

    class Meta:
        type_ = "notification"

    content = Json(dump_only=True)
    is_read = Bool()
    created_at = Time(dump_only=True)

    user = to_one("user", set_on="never")
