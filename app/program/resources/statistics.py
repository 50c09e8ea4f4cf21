"""The numbers of an event's programme over HTTP."""

from __future__ import annotations

from app.api import resource
from app.events.access import coorganizer
from app.jsonapi import Access, ResourceDetail, nobody
from app.program.schemas.statistics import EventGeneralStatisticsSchema
from app.program.statistics import EventGeneralStatistics


class EventGeneralStatisticsDetail(ResourceDetail):
    """The programme of an event in numbers."""

    model, schema = EventGeneralStatistics, EventGeneralStatisticsSchema
    access = Access(read=coorganizer, create=nobody, update=nobody, delete=nobody)
    offers = ("GET",)


resource("event-statistics-generals", None, EventGeneralStatisticsDetail)
