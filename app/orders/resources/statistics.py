"""Order statistics over HTTP: read under the event or the ticket they are about."""

from __future__ import annotations

from app.api import resource
from app.events.access import coorganizer
from app.jsonapi import Access, ResourceDetail, nobody
from app.orders.schemas.statistics import EventOrderStatisticsSchema, TicketOrderStatisticsSchema
from app.orders.statistics import EventOrderStatistics, TicketOrderStatistics

COUNTED = Access(read=coorganizer, create=nobody, update=nobody, delete=nobody)


class EventOrderStatisticsDetail(ResourceDetail):
    """The orders of an event in numbers."""

    model, schema, access = EventOrderStatistics, EventOrderStatisticsSchema, COUNTED
    offers = ("GET",)


class TicketOrderStatisticsDetail(ResourceDetail):
    """The orders of a ticket in numbers."""

    model, schema, access = TicketOrderStatistics, TicketOrderStatisticsSchema, COUNTED
    offers = ("GET",)


resource("order-statistics-events", None, EventOrderStatisticsDetail)
resource("order-statistics-tickets", None, TicketOrderStatisticsDetail)
