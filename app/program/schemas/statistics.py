"""The wire form of the numbers of an event's programme, which are for its team."""

from __future__ import annotations

from app.events.access import coorganizer
from app.events.schemas import EventSchema
from app.jsonapi import Int, Json, Schema, Str, to_one


def _count() -> Int:
    return Int(dump_only=True, metadata={"volatile": True})


class EventGeneralStatisticsSchema(Schema):
    """The programme of an event in numbers."""

    class Meta:
        type_ = "event-statistics-general"

    identifier = Str(dump_only=True)
    sessions_draft = _count()
    sessions_submitted = _count()
    sessions_accepted = _count()
    sessions_confirmed = _count()
    sessions_pending = _count()
    sessions_rejected = _count()
    sessions_withdrawn = _count()
    sessions_canceled = _count()
    speakers = Json(dump_only=True, metadata={"volatile": True})
    sessions = _count()
    sponsors = _count()
    speaker_without_session = _count()


EventSchema.declare(
    "general_statistics",
    to_one(EventGeneralStatisticsSchema.type_(), set_on="never", visible_to=coorganizer),
)
