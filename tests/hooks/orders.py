"""What must exist before the documented requests about attendees and orders."""

from __future__ import annotations

from typing import Any

from app.extensions import db
from app.orders.models import Attendee, Order
from tests.hooks.rows import row
from tests.hooks.tickets import tagged_ticket
from tests.unittests.factories.orders import AttendeeFactory, OrderFactory, OrderLineFactory, TagFactory
from tests.unittests.factories.payments import PaymentFactory, RefundFactory
from tests.unittests.factories.surcharges import TaxFactory, TicketFeeFactory
from tests.unittests.factories.tickets import DiscountCodeTicketFactory
from tests.unittests.factories.users import UserFactory

# The order of the pages.
IDENTIFIER = "4f1d7a9e-0c58-4b7e-9d3a-6b2f8c1e5a70"


def grace(**values: Any) -> Any:
    """User 1, who buys and attends."""
    return UserFactory(email="grace@example.com", first_name="Grace", last_name="Hopper", **values)


def attendee_of(user: Any, ticket: Any, **values: Any) -> Any:
    """Attendee 1: the user, who has entered themselves for the ticket."""
    return AttendeeFactory(
        ticket=ticket, identifier="3fa9c1", lastname="Hopper", email=user.email, created_by_id=user.id, **values
    )


def ordered(status: str, **ticket_values: Any) -> None:
    """User 1 has ordered ticket 1 in order 1 and attends by it as attendee 1."""
    buyer, ticket = grace(), tagged_ticket(**ticket_values)
    order = OrderFactory(
        event=ticket.event, user=buyer, status=status, identifier=IDENTIFIER, invoice_number="O-A1B2C3D4-00001"
    )
    OrderLineFactory(order=order, ticket=ticket)
    attendee_of(buyer, ticket, order=order)


def initializing_order() -> None:
    """The order is being filled in."""
    ordered("initializing")


def pending_order() -> None:
    """The order waits for its payment, or for the job that completes it."""
    ordered("pending")


def completed_order() -> None:
    """The order is concluded, and its tickets are valid."""
    ordered("completed")


def labelled_attendee() -> None:
    """The order is concluded, and attendee 1 carries tag 1."""
    completed_order()
    attendee = db.session.get_one(Attendee, 1)
    attendee.tag = TagFactory(event=attendee.event, name="Speaker", color="#24a148")


def brought_order() -> None:
    """Order 1 of user 1 was placed with discount code 1, whose marketer is user 2."""
    buyer, ticket = grace(), tagged_ticket(type="paid", price=50)
    marketer = UserFactory()
    code = DiscountCodeTicketFactory(event=ticket.event, tickets=[ticket], code="EARLY", marketer=marketer)
    OrderFactory(event=ticket.event, user=buyer, identifier=IDENTIFIER, discount_code=code, marketer=marketer)


def sold_out_ticket() -> None:
    """There was one of ticket 1, and the order has it."""
    ordered("completed", quantity=1)


def discounted_ticket() -> None:
    """Ticket 1 costs 50.00, and ticket code 1 takes a tenth off; there are a tax and a fee."""
    ticket = tagged_ticket(type="paid", price=50)
    event = ticket.event
    event.payment_currency, event.is_tax_enabled = "EUR", True
    TaxFactory(event=event)
    TicketFeeFactory(currency="EUR", country=None)
    DiscountCodeTicketFactory(event=event, tickets=[ticket], code="EARLY")


def few_tickets() -> None:
    """There are five of ticket 1, and user 1 wants some."""
    grace()
    tagged_ticket(quantity=5)


def new_attendee() -> Any:
    """User 1 has entered attendee 1 for ticket 1, and not ordered yet."""
    return attendee_of(grace(), tagged_ticket())


def new_attendee_of_unverified_user() -> Any:
    """The same, but user 1 has not verified their e-mail address."""
    return attendee_of(grace(is_verified=False), tagged_ticket())


def charged(status: str) -> None:
    """Order 1 has been charged by charge 1, of which refund 1 went back."""
    ordered(status)
    payment = PaymentFactory(order=db.session.get_one(Order, 1))
    RefundFactory(payment=payment, amount=1)


def charged_initializing_order() -> None:
    """Charge and refund 1 are of an order that is being filled in again."""
    charged("initializing")


def charged_pending_order() -> None:
    """Charge and refund 1 are of an order that waits for its payment again."""
    charged("pending")


def charged_order() -> None:
    """Charge and refund 1 are of an order that is concluded."""
    charged("completed")


ROWS = {
    "Attendees > Attendee Collection > Create Attendee > Example 1": row(tagged_ticket, actor="user"),
    "Attendees > Attendee Collection > Create Attendee > Example 2": row(sold_out_ticket, actor="user"),
    "Attendees > Attendee Detail > Get Attendee": row(completed_order, actor="first user"),
    "Attendees > Attendee Detail > Update Attendee > Example 1": row(initializing_order, actor="first user"),
    "Attendees > Attendee Detail > Update Attendee > Example 2": row(completed_order, actor="coorganizer"),
    "Attendees > Attendee Detail > Update Attendee > Example 3": row(completed_order, actor="first user"),
    "Attendees > Attendee Detail > Delete Attendee": row(completed_order, actor="registrar"),
    "Attendees > Attendee List": row(completed_order, actor="coorganizer"),
    "Attendees > Attendee List of a Ticket": row(completed_order, actor="coorganizer"),
    "Attendees > Attendee List of an Order": row(completed_order, actor="first user"),
    "Attendees > Attendee List of a User": row(completed_order, actor="first user"),
    "Attendees > Attendee Search": row(completed_order, actor="registrar"),
    "Attendees > Registration State": row(completed_order, actor="registrar"),
    "Attendees > Receipt > Send Receipt > Example 1": row(completed_order, actor="first user"),
    "Attendees > Receipt > Send Receipt > Example 2": row(pending_order, actor="first user"),
    "Attendees > Ticket File > Get Ticket File > Example 1": row(completed_order, actor="first user"),
    "Attendees > Ticket File > Get Ticket File > Example 2": row(pending_order, actor="first user"),
    "Attendees > Relationship attendee.event": row(completed_order, actor="first user"),
    "Attendees > Relationship attendee.ticket": row(completed_order, actor="first user"),
    "Attendees > Relationship attendee.order": row(completed_order, actor="first user"),
    "Attendees > Relationship attendee.tag": row(labelled_attendee, actor="registrar"),
    "Tags > Tag Collection": row(labelled_attendee, actor="coorganizer"),
    "Tags > Tag Detail": row(labelled_attendee, actor="coorganizer"),
    "Tags > Tag List": row(labelled_attendee, actor="registrar"),
    "Tags > Tag Detail of an Attendee": row(labelled_attendee, actor="coorganizer"),
    "Tags > Tag Detail of an Attendee by the Plural": row(labelled_attendee, actor="coorganizer"),
    "Tags > Relationship tag.event": row(labelled_attendee, actor="registrar"),
    "Attendees > Relationship attendee.user": row(completed_order, actor="first user"),
    "Checkout > Cart > Calculate Amount > Example 1": row(discounted_ticket),
    "Checkout > Cart > Calculate Amount > Example 2": row(discounted_ticket),
    "Checkout > Order of a Cart > Create Order > Example 1": row(few_tickets, actor="first user"),
    "Checkout > Order of a Cart > Create Order > Example 2": row(few_tickets, actor="first user"),
    "Checkout > On-Site Order > Sell at the Door": row(few_tickets, actor="coorganizer"),
    "Orders > Order Collection > List Orders": row(completed_order, actor="admin"),
    "Orders > Order Collection > Place Order > Example 1": row(new_attendee, actor="first user"),
    "Orders > Order Collection > Place Order > Example 2": row(new_attendee_of_unverified_user, actor="first user"),
    "Orders > Order Collection > Place Order > Example 3": row(pending_order, actor="first user"),
    "Orders > Order Detail > Get Order": row(completed_order, actor="first user"),
    "Orders > Order Detail > Update Order > Example 1": row(initializing_order, actor="first user"),
    "Orders > Order Detail > Update Order > Example 2": row(completed_order, actor="coorganizer"),
    "Orders > Order Detail > Update Order > Example 3": row(pending_order, actor="first user"),
    "Orders > Order Detail > Delete Order": row(pending_order, actor="admin"),
    "Orders > Order Detail of an Attendee > Get Order": row(completed_order, actor="first user"),
    "Orders > Order Detail of an Attendee > Update Order > Example 1": row(initializing_order, actor="first user"),
    "Orders > Order Detail of an Attendee > Update Order > Example 2": row(completed_order, actor="coorganizer"),
    "Orders > Order Detail of an Attendee > Update Order > Example 3": row(pending_order, actor="first user"),
    "Orders > Order Detail of an Attendee > Delete Order": row(pending_order, actor="admin"),
    "Orders > Order Detail of a Charge > Get Order": row(charged_order, actor="first user"),
    "Orders > Order Detail of a Charge > Update Order > Example 1": row(charged_initializing_order, actor="first user"),
    "Orders > Order Detail of a Charge > Update Order > Example 2": row(charged_order, actor="coorganizer"),
    "Orders > Order Detail of a Charge > Update Order > Example 3": row(charged_pending_order, actor="first user"),
    "Orders > Order Detail of a Charge > Delete Order": row(charged_pending_order, actor="admin"),
    "Orders > Order Detail of a Refund > Get Order": row(charged_order, actor="first user"),
    "Orders > Order Detail of a Refund > Update Order > Example 1": row(charged_initializing_order, actor="first user"),
    "Orders > Order Detail of a Refund > Update Order > Example 2": row(charged_order, actor="coorganizer"),
    "Orders > Order Detail of a Refund > Update Order > Example 3": row(charged_pending_order, actor="first user"),
    "Orders > Order Detail of a Refund > Delete Order": row(charged_pending_order, actor="admin"),
    "Orders > Relationship order.refunds": row(charged_order, actor="first user"),
    "Orders > Order List": row(completed_order, actor="coorganizer"),
    "Orders > Order List of a User": row(completed_order, actor="first user"),
    "Orders > Tickets File > Get Tickets File > Example 1": row(completed_order, actor="first user"),
    "Orders > Tickets File > Get Tickets File > Example 2": row(pending_order, actor="first user"),
    "Orders > Tickets File by the Path of Tickets": row(completed_order, actor="first user"),
    "Orders > Invoice > Get Invoice > Example 1": row(completed_order, actor="first user"),
    "Orders > Invoice > Get Invoice > Example 2": row(pending_order, actor="first user"),
    "Orders > Tickets Mail > Send Tickets Again > Example 1": row(completed_order, actor="coorganizer"),
    "Orders > Tickets Mail > Send Tickets Again > Example 2": row(pending_order, actor="coorganizer"),
    "Orders > Relationship order.attendees": row(completed_order, actor="first user"),
    "Orders > Relationship order.tickets": row(completed_order, actor="first user"),
    "Orders > Relationship order.event": row(completed_order, actor="first user"),
    "Orders > Relationship order.discount-code": row(brought_order, actor="first user"),
    "Orders > Relationship order.marketer": row(brought_order, actor="coorganizer"),
    "Orders > Relationship order.user": row(completed_order, actor="first user"),
    "Order Statistics of Events > Order Statistics of an Event": row(completed_order, actor="coorganizer"),
    "Order Statistics of Events > Order Statistics of Event by Id": row(completed_order, actor="coorganizer"),
    "Order Statistics of Tickets > Order Statistics of a Ticket": row(completed_order, actor="coorganizer"),
    "Order Statistics of Tickets > Order Statistics of Ticket by Id": row(completed_order, actor="coorganizer"),
}
