"""The wire form of the pictures of sub-topics."""

from __future__ import annotations

from app.jsonapi import Schema, Str, Url, to_one


class CustomPlaceholderSchema(Schema):
    """A picture for events that have none."""

    class Meta:
        type_ = "custom-placeholder"

    name = Str(required=True)
    original_image_url = Url(required=True)
    thumbnail_image_url = Url(dump_only=True)
    large_image_url = Url(dump_only=True)
    icon_image_url = Url(dump_only=True)
    copyright = Str(allow_none=True)
    origin = Str(allow_none=True)

    event_sub_topic = to_one("event-sub-topic", set_on="write", inverse="custom-placeholder", inverse_one=True)
