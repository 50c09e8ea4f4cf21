"""The wire form of order statistics, which hang on events and tickets and are for the event's team."""

from __future__ import annotations

from app.events.access import coorganizer
from app.events.schemas import EventSchema
from app.jsonapi import Json, Schema, Str, to_one
from app.tickets.schemas import TicketSchema


def _counts() -> Json:
    """Numbers by the orders' status."""
    return Json(dump_only=True, metadata={"volatile": True})


class EventOrderStatisticsSchema(Schema):
    """The orders of an event in numbers."""

    class Meta:
        type_ = "order-statistics-event"

    identifier = Str(dump_only=True)
    tickets = _counts()
    orders = _counts()
    sales = _counts()


class TicketOrderStatisticsSchema(Schema):
    """The orders of a ticket in numbers."""

    class Meta:
        type_ = "order-statistics-ticket"

    identifier = Str(dump_only=True)
    tickets = _counts()
    orders = _counts()
    sales = _counts()


for _owner, _statistics in ((EventSchema, EventOrderStatisticsSchema), (TicketSchema, TicketOrderStatisticsSchema)):
    _relation = to_one(_statistics.type_(), set_on="never", visible_to=coorganizer)
    _owner.declare("order_statistics", _relation)
