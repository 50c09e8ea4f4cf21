"""Taxes and ticket fees over HTTP."""

from __future__ import annotations

from app.api import resource
from app.events.access import coorganizer, of_listed_event, of_readable_event
from app.events.resources import EventDetail
from app.jsonapi import Access, Given, ResourceDetail, ResourceList, ResourceRelationship, anyone, staff
from app.tickets.surcharges import services
from app.tickets.surcharges.models import Tax, TicketFee
from app.tickets.surcharges.schemas import TaxSchema, TicketFeeSchema


class Taxes:
    """Whoever sees the event sees what is added to its prices; the rest is for the event's team."""

    model, schema = Tax, TaxSchema
    access = Access(
        read=of_readable_event,
        listed=of_listed_event,
        create=coorganizer,
        update=coorganizer,
        delete=coorganizer,
    )


class TaxList(Taxes, ResourceList):
    """The taxes of all events."""

    def before_create(self, row: Tax, given: Given) -> None:
        services.check_new_tax(row, given)


class TaxDetail(Taxes, ResourceDetail):
    """The tax of an event."""

    def before_update(self, row: Tax, changes: Given) -> None:
        services.check_tax_change(row, changes)


class TaxRelationship(Taxes, ResourceRelationship):
    """Which event a tax is of."""


class EventOfTax(EventDetail):
    """The event of a tax, by the path that clients of the original know."""

    serves = EventDetail.declared

    under = ("tax", "event")


class TicketFees:
    """What the installation earns is for its admins."""

    model, schema = TicketFee, TicketFeeSchema
    access = Access(read=staff, create=staff, update=staff, delete=staff, exists=anyone, list=staff)


class TicketFeeList(TicketFees, ResourceList):
    """The fees by currency and country."""

    def before_create(self, row: TicketFee, given: Given) -> None:
        services.check_fee(row, given)


class TicketFeeDetail(TicketFees, ResourceDetail):
    """The fee on tickets sold in one currency."""

    def before_update(self, row: TicketFee, changes: Given) -> None:
        services.check_fee(row, changes)


resource("taxes", TaxList, TaxDetail, TaxRelationship, also=(("/tax/<tax_id>/event", EventOfTax),))
resource("ticket-fees", TicketFeeList, TicketFeeDetail)
