"""The wire form of calls for speakers."""

from __future__ import annotations

from app.jsonapi import Choice, Merged, Schema, Str, Time, staff, to_one
from app.jsonapi.errors import Invalid
from app.program.calls import reader_of_hash


class SpeakersCallSchema(Schema):
    """When an event takes proposals, from everybody or from those who know its hash."""

    class Meta:
        type_ = "speakers-call"

    deleted_at = Time(allow_none=True, writable_by=staff)
    announcement = Str(allow_none=True)
    starts_at = Time(required=True)
    # Told to speakers; proposals are taken until ends-at.
    soft_ends_at = Time(allow_none=True)
    ends_at = Time(required=True)
    hash = Str(allow_none=True, visible_to=reader_of_hash)
    privacy = Choice("private", "public")

    event = to_one("event", required=True, inverse="speakers-call", inverse_one=True)

    def check(self, value: Merged) -> None:
        if value["ends_at"] <= value["starts_at"]:
            raise Invalid.attribute("ends_at", "ends-at should be after starts-at")
