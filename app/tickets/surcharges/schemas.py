"""The wire form of taxes and ticket fees."""

from __future__ import annotations

from decimal import Decimal

from app.events.access import coorganizer
from app.events.schemas import CURRENCIES
from app.jsonapi import Bool, Choice, Money, Percent, Schema, Str, Time, staff, to_one


def _text() -> Str:
    """What only the team of the event sees."""
    return Str(allow_none=True, visible_to=coorganizer)


class TaxSchema(Schema):
    """The tax of an event; who it is paid by is for the event's team."""

    class Meta:
        type_ = "tax"

    name = Str(allow_none=True)
    rate = Percent(most=Decimal(100), allow_none=True)
    is_tax_included_in_price = Bool()
    country = _text()
    tax_id = _text()
    should_send_invoice = Bool(visible_to=coorganizer)
    is_invoice_sent = Bool(visible_to=coorganizer)
    registered_company = _text()
    contact_name = _text()
    phone = _text()
    email = _text()
    address = _text()
    city = _text()
    state = _text()
    zip = _text()
    invoice_footer = _text()
    deleted_at = Time(allow_none=True, visible_to=coorganizer, writable_by=staff)

    event = to_one("event", required=True, inverse="tax", inverse_one=True)


class TicketFeeSchema(Schema):
    """The installation's fee on tickets that are sold in a currency."""

    class Meta:
        type_ = "ticket-fee"

    currency = Choice(*CURRENCIES, allow_none=True)
    country = Str(allow_none=True)
    service_fee = Percent(allow_none=True)
    maximum_fee = Money(allow_none=True)
