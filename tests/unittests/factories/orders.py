"""Factories of attendees and orders."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import factory

from app.orders.models import Attendee, Invoice, InvoiceSeries, Order, OrderLine, Tag
from app.tickets import stock
from tests.unittests.factories.base import RowFactory
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import UserFactory


class TagFactory(RowFactory):
    """A label for attendees of an event of its own."""

    class Meta:
        model = Tag

    name = factory.Sequence(lambda number: f"Label {number}")
    color = "#ff0000"
    event: Any = factory.SubFactory(EventFactoryBasic)


class AttendeeFactory(RowFactory):
    """Somebody who attends by a ticket of the same event; with an order, they hold a place of the ticket."""

    class Meta:
        model = Attendee

    identifier = factory.LazyFunction(lambda: secrets.token_hex(3))
    firstname = "Grace"
    lastname = factory.Sequence(lambda number: f"Hopper {number}")
    email = factory.Sequence(lambda number: f"attendee{number}@example.com")
    ticket: Any = factory.SubFactory(TicketFactory)
    event: Any = factory.SelfAttribute("ticket.event")

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **values: Any) -> Any:
        attendee = super()._create(model_class, *args, **values)
        if attendee.order is not None and attendee.deleted_at is None:
            stock.take(attendee.ticket_id, 1)
        return attendee


class OrderFactory(RowFactory):
    """A pending free order of a user for an event of its own; it has no attendees yet."""

    class Meta:
        model = Order

    identifier = factory.LazyFunction(lambda: str(uuid.uuid4()))
    invoice_number = factory.Sequence(lambda number: f"O-TEST-{number:05d}")
    amount = Decimal(0)
    status = "pending"
    payment_mode = "free"
    event: Any = factory.SubFactory(EventFactoryBasic)
    user: Any = factory.SubFactory(UserFactory)


class OrderLineFactory(RowFactory):
    """One ticket of an order for the ticket's event."""

    class Meta:
        model = OrderLine

    ticket: Any = factory.SubFactory(TicketFactory)
    order: Any = factory.SubFactory(OrderFactory, event=factory.SelfAttribute("..ticket.event"))
    quantity = 1
    price = Decimal(0)


class InvoiceSeriesFactory(RowFactory):
    """The series of an organizer who has used one number."""

    class Meta:
        model = InvoiceSeries

    name = factory.Sequence(str)
    last_number = 1


class InvoiceFactory(RowFactory):
    """The invoice of an order; of what it says, only the number."""

    class Meta:
        model = Invoice

    order_id = factory.LazyFunction(lambda: OrderFactory().id)
    issued_at = factory.LazyFunction(lambda: datetime.now(UTC))
    content = factory.Sequence(lambda number: {"number": f"O-TEST-{number:05d}"})


def order_with_attendees(ticket: Any, number: int = 1, *, user: Any = None, **values: Any) -> Any:
    """An order for so many attendees by one ticket, with its line and the seats taken."""
    people = {"user": user} if user is not None else {}
    order = OrderFactory(event=ticket.event, **people, **values)
    OrderLineFactory(order=order, ticket=ticket, quantity=number)
    for _ in range(number):
        AttendeeFactory(order=order, ticket=ticket, created_by_id=order.user_id)
    return order
