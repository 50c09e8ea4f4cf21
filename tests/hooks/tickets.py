"""What must exist before the documented requests about tickets and their tags."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.hooks.rows import row
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.orders import AttendeeFactory, order_with_attendees
from tests.unittests.factories.surcharges import TaxFactory, TicketFeeFactory
from tests.unittests.factories.tickets import (
    AccessCodeFactory,
    DiscountCodeFactory,
    DiscountCodeTicketFactory,
    TicketFactory,
    TicketTagFactory,
)
from tests.unittests.factories.users import UserFactory


def tagged_ticket(**ticket_values: Any) -> Any:
    """Event 1 sells ticket 1, which carries tag 1; returns the ticket."""
    event = EventFactoryBasic(identifier="a1b2c3d4", name="Open Tech Summit")
    ticket = TicketFactory(event=event, name="Early bird", description="Both days, lunch included", **ticket_values)
    TicketTagFactory(event=event, name="On site", tickets=[ticket])
    return ticket


def ticket_asked_for() -> Any:
    """Attendee 1 was entered for ticket 1, and nobody has ordered it yet."""
    return AttendeeFactory(ticket=tagged_ticket())


def ordered_ticket() -> Any:
    """User 1 has ordered ticket 1 in order 1."""
    return order_with_attendees(tagged_ticket(), user=UserFactory())


def event_taking_tax() -> Any:
    """Event 1 takes a tax, and has none yet."""
    return EventFactoryBasic(identifier="a1b2c3d4", name="Open Tech Summit", is_tax_enabled=True)


def taxed_event() -> Any:
    """Event 1 has tax 1."""
    return TaxFactory(
        event=event_taking_tax(),
        country="DE",
        registered_company="Open Tech Summit UG",
        contact_name="Ada Lovelace",
        email="tax@example.com",
        address="Torstraße 1",
        city="Berlin",
        zip="10119",
        invoice_footer="Payable within 14 days.",
    )


def fee_in_dollars() -> Any:
    """Fee 1 is on tickets sold in dollars."""
    return TicketFeeFactory()


def discounted_ticket() -> Any:
    """Event 1 sells ticket 1, for which discount code 1 takes a tenth off."""
    event = EventFactoryBasic(identifier="a1b2c3d4", name="Open Tech Summit")
    ticket = TicketFactory(event=event, name="Early bird", type="paid", price=Decimal(50))
    return DiscountCodeTicketFactory(
        event=event, code="SUMMER", tickets=[ticket], tickets_number=20, max_quantity=5, marketer=UserFactory()
    )


def discounted_order() -> Any:
    """User 1 has ordered ticket 1 with discount code 1."""
    code = discounted_ticket()
    return order_with_attendees(code.tickets[0], user=code.marketer, discount_code_id=code.id)


def discounted_event() -> Any:
    """Discount code 1 takes a tenth off everything that event 1 sells."""
    code = DiscountCodeFactory(code="PARTNER")
    EventFactoryBasic(identifier="a1b2c3d4", name="Open Tech Summit", discount_code_id=1)
    return code


def opened_ticket() -> Any:
    """Event 1 sells ticket 1 to those alone who know access code 1."""
    event = EventFactoryBasic(identifier="a1b2c3d4", name="Open Tech Summit")
    ticket = TicketFactory(event=event, name="Backstage", is_hidden=True)
    return AccessCodeFactory(
        event=event, code="BACKSTAGE", tickets=[ticket], tickets_number=20, max_quantity=2, marketer=UserFactory()
    )


ROWS = {
    "Tickets > Ticket Collection": row(tagged_ticket, actor="coorganizer"),
    "Tickets > Ticket Detail": row(tagged_ticket, actor="coorganizer"),
    "Tickets > Ticket Detail > Delete Ticket > Example 2": row(ordered_ticket, actor="coorganizer"),
    "Tickets > Ticket List": row(tagged_ticket),
    "Tickets > Ticket List of a Ticket Tag": row(tagged_ticket),
    "Tickets > Ticket List of an Order": row(ordered_ticket, actor="first user"),
    "Tickets > Ticket Detail of an Attendee": row(ticket_asked_for, actor="coorganizer"),
    "Tickets > Ticket Availability": row(ordered_ticket),
    "Tickets > Relationship ticket.event": row(tagged_ticket, actor="user"),
    "Tickets > Relationship ticket.ticket-tags": row(tagged_ticket, actor="coorganizer"),
    "Tickets > Relationship ticket.order-statistics": row(tagged_ticket, actor="coorganizer"),
    "Tickets > Relationship ticket.discount-codes": row(discounted_ticket, actor="coorganizer"),
    "Tickets > Relationship ticket.access-codes": row(opened_ticket, actor="coorganizer"),
    "Tickets > Relationship ticket.attendees": row(ticket_asked_for, actor="registrar"),
    "Ticket Tags > Ticket Tag Collection": row(tagged_ticket, actor="coorganizer"),
    "Ticket Tags > Ticket Tag Detail": row(tagged_ticket, actor="coorganizer"),
    "Ticket Tags > Ticket Tag List": row(tagged_ticket),
    "Ticket Tags > Ticket Tag List of a Ticket": row(tagged_ticket),
    "Ticket Tags > Relationship ticket-tag.event": row(tagged_ticket, actor="user"),
    "Ticket Tags > Relationship ticket-tag.tickets": row(tagged_ticket, actor="coorganizer"),
    "Taxes > Tax Collection > List Taxes": row(taxed_event, actor="admin"),
    "Taxes > Tax Collection > Create Tax > Example 1": row(event_taking_tax, actor="coorganizer"),
    "Taxes > Tax Collection > Create Tax > Example 2": row(taxed_event, actor="coorganizer"),
    "Taxes > Tax Detail": row(taxed_event, actor="coorganizer"),
    "Taxes > Tax Detail of an Event": row(taxed_event, actor="coorganizer"),
    "Taxes > Relationship tax.event": row(taxed_event, actor="user"),
    "Ticket Fees > Ticket Fee Collection": row(fee_in_dollars, actor="admin"),
    "Ticket Fees > Ticket Fee Detail": row(fee_in_dollars, actor="admin"),
    "Discount Codes > Discount Code Collection": row(discounted_ticket, actor="coorganizer"),
    "Discount Codes > Discount Code Collection > List Discount Codes": row(discounted_ticket, actor="admin"),
    "Discount Codes > Discount Code Detail": row(discounted_ticket, actor="coorganizer"),
    "Discount Codes > Discount Code by Code": row(discounted_ticket, actor="coorganizer"),
    "Discount Codes > Tickets of a Discount Code": row(discounted_ticket, actor="coorganizer"),
    "Discount Codes > Events of a Discount Code": row(discounted_event, actor="admin"),
    "Discount Codes > Tickets by Discount Code": row(discounted_ticket),
    "Discount Codes > Event by Discount Code": row(discounted_ticket),
    "Discount Codes > Unused Discount Codes": row(discounted_ticket, actor="coorganizer"),
    "Discount Codes > Discount Code Collection of a User": row(discounted_ticket, actor="first user"),
    "Discount Codes > Discount Code Collection of an Event": row(discounted_ticket, actor="coorganizer"),
    "Discount Codes > Discount Code Collection of a Ticket": row(discounted_ticket, actor="coorganizer"),
    "Discount Codes > Get Discount Code Detail of an Event": row(discounted_event, actor="admin"),
    "Discount Codes > Discount Code Detail of an Order": row(discounted_order, actor="coorganizer"),
    "Discount Codes > Relationship discount-code.event": row(discounted_ticket, actor="coorganizer"),
    "Discount Codes > Relationship discount-code.tickets": row(discounted_ticket, actor="coorganizer"),
    "Discount Codes > Relationship discount-code.marketer": row(discounted_ticket, actor="coorganizer"),
    "Discount Codes > Relationship discount-code.events": row(discounted_event, actor="admin"),
    "Access Codes > Access Code Collection": row(opened_ticket, actor="coorganizer"),
    "Access Codes > Access Code Detail": row(opened_ticket, actor="coorganizer"),
    "Access Codes > Access Code by Code": row(opened_ticket, actor="coorganizer"),
    "Access Codes > Tickets of an Access Code": row(opened_ticket, actor="coorganizer"),
    "Access Codes > Tickets by Access Code": row(opened_ticket),
    "Access Codes > Event by Access Code": row(opened_ticket),
    "Access Codes > Access Code List": row(opened_ticket, actor="first user"),
    "Access Codes > Access Code List of an Event": row(opened_ticket, actor="coorganizer"),
    "Access Codes > Access Code List of a Ticket": row(opened_ticket, actor="coorganizer"),
    "Access Codes > Relationship access-code.event": row(opened_ticket, actor="coorganizer"),
    "Access Codes > Relationship access-code.tickets": row(opened_ticket, actor="coorganizer"),
    "Access Codes > Relationship access-code.marketer": row(opened_ticket, actor="coorganizer"),
}
