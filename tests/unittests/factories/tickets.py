"""Factories of tickets, their tags and the codes for them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import factory

from app.tickets.models import (
    AccessCode,
    AccessCodeUses,
    DiscountCode,
    DiscountCodeUses,
    Ticket,
    TicketStock,
    TicketTag,
)
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


class DiscountCodeFactory(RowFactory):
    """An event code that takes a tenth off, any number of times; events point at it by their `discount_code_id`."""

    class Meta:
        model = DiscountCode

    code = factory.Sequence(lambda number: f"DISCOUNT{number}")
    type = "percent"
    value = Decimal(10)
    is_active = True
    min_quantity = 1
    used_for = "event"


class DiscountCodeTicketFactory(DiscountCodeFactory):
    """A ticket code for tickets of an event of its own; give it `tickets` to cover."""

    used_for = "ticket"
    event: Any = factory.SubFactory(EventFactoryBasic)


class AccessCodeFactory(RowFactory):
    """An active code for hidden tickets of an event of its own; give it `tickets` to open."""

    class Meta:
        model = AccessCode

    code = factory.Sequence(lambda number: f"ACCESS{number}")
    is_active = True
    valid_from = factory.LazyFunction(lambda: in_days(-1))
    event: Any = factory.SubFactory(EventFactoryBasic)


class DiscountCodeUsesFactory(RowFactory):
    """The uses of a code of its own, which the database makes with the code."""

    class Meta:
        model = DiscountCodeUses
        sqlalchemy_get_or_create = ("discount_code_id",)

    class Params:
        code: Any = factory.SubFactory(DiscountCodeFactory)

    discount_code_id: Any = factory.LazyAttribute(lambda uses: uses.code.id)


class AccessCodeUsesFactory(RowFactory):
    """The uses of a code of its own, which the database makes with the code."""

    class Meta:
        model = AccessCodeUses
        sqlalchemy_get_or_create = ("access_code_id",)

    class Params:
        code: Any = factory.SubFactory(AccessCodeFactory)

    access_code_id: Any = factory.LazyAttribute(lambda uses: uses.code.id)
