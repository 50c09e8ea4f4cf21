"""Factories of tickets and their tags."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import factory

from app.tickets.models import Ticket, TicketStock, TicketTag
from tests.unittests.factories.base import RowFactory
from tests.unittests.factories.events import EventFactoryBasic, in_days


class TicketFactory(RowFactory):
    """A free ticket that is on sale now."""

    class Meta:
        model = Ticket

    name = factory.Sequence(lambda number: f"Ticket {number}")
    description = "Admission to everything"
    type = "free"
    price = Decimal(0)
    quantity = 100
    sales_starts_at = factory.LazyFunction(lambda: in_days(-1))
    sales_ends_at = factory.LazyFunction(lambda: in_days(20))
    event: Any = factory.SubFactory(EventFactoryBasic)


class TicketStockFactory(RowFactory):
    """The stock of a ticket of its own, which the database makes with the ticket."""

    class Meta:
        model = TicketStock
        sqlalchemy_get_or_create = ("ticket_id",)

    class Params:
        ticket: Any = factory.SubFactory(TicketFactory)

    ticket_id: Any = factory.LazyAttribute(lambda stock: stock.ticket.id)


class TicketTagFactory(RowFactory):
    """A label of tickets."""

    class Meta:
        model = TicketTag

    name = factory.Sequence(lambda number: f"Tag {number}")
    event: Any = factory.SubFactory(EventFactoryBasic)
