"""The wire form of discount codes and access codes.

Discount codes have one public base, which is what anybody reads who knows the code, and two forms on
top of it, for events and for tickets; `used-for` decides which of the two applies.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.jsonapi import Bool, Choice, Int, Merged, Money, Schema, Str, Time, Url, staff, to_many, to_one
from app.jsonapi.errors import Invalid
from app.tickets.code_access import (
    event_code,
    event_code_reader,
    readable_access_code,
    readable_discount_code,
    reader_of_codes,
    ticket_code,
)
from app.tickets.schemas.bounds import exceeds
from app.tickets.schemas.tickets import FREE
from app.users.access import itself_or_staff

WHOLE = Decimal(100)  # Percent.
RESERVED = "delete-unused"  # Where codes are addressed, this word names something else.


class Code(Str):
    """What people type in; it stands in addresses, hence no slash."""

    def __init__(self) -> None:
        super().__init__(required=True)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs).strip()


class Limit(Int):
    """The most there may be; null, and -1 for clients of the original, mean that there is no limit."""

    def __init__(self) -> None:
        super().__init__(least=-1, allow_none=True)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        number = super().deserialize(value, attr, data, **kwargs)
        return None if number == -1 else number


class DiscountCodeSchemaPublic(Schema):
    """What anybody reads of a discount code who knows it."""

    class Meta:
        type_ = "discount-code"

    code = Code()
    discount_url = Url(allow_none=True)
    value = Money(required=True)
    type = Choice("amount", "percent", required=True)
    is_active = Bool()
    tickets_number = Int(least=0, allow_none=True)
    min_quantity = Int(least=0, allow_none=True)
    max_quantity = Limit()
    valid_from = Time(allow_none=True)
    valid_till = Time(allow_none=True)
    used_for = Str()
    created_at = Time(dump_only=True)
    deleted_at = Time(allow_none=True, writable_by=staff)

    event = to_one("event", inverse="discount_codes", inverse_visible_to=reader_of_codes)
    tickets = to_many("ticket", set_on="write", inverse="discount_codes", inverse_visible_to=reader_of_codes)

    def check(self, value: Merged) -> None:
        _check_code(value)
        _check_validity(value)
        _check_numbers(value)
        if value["type"] == "percent" and value["value"] > WHOLE:
            raise Invalid.attribute("value", "percent discount should be between 0 and 100")


class DiscountCodeEventSchema(DiscountCodeSchemaPublic):
    """A code for all tickets of the events that point at it."""

    events = to_many(
        "event",
        set_on="write",
        inverse="discount_code",
        inverse_one=True,
        inverse_visible_to=event_code_reader,
        visible_to=event_code,
    )


class DiscountCodeTicketSchema(DiscountCodeSchemaPublic):
    """A code for some tickets of one event."""

    marketer = to_one(
        "user",
        set_on="never",
        inverse="discount_codes",
        inverse_visible_to=itself_or_staff,
        visible_to=ticket_code & readable_discount_code,
    )

    def check(self, value: Merged) -> None:
        super().check(value)
        if {"tickets", "type", "value"} & set(value.given):
            _check_prices(value, value["tickets"] or ())


class DiscountCodeSchema(DiscountCodeEventSchema, DiscountCodeTicketSchema):
    """A discount code as those read it who keep it: what it is used for decides which of its two forms it has."""

    def check(self, value: Merged) -> None:
        form = DiscountCodeEventSchema if value["used_for"] == "event" else DiscountCodeTicketSchema
        form.instance().check(value)


class AccessCodeSchemaPublic(Schema):
    """What anybody reads of an access code who knows it."""

    class Meta:
        type_ = "access-code"

    code = Code()
    access_url = Url(allow_none=True)
    is_active = Bool()
    tickets_number = Int(least=0, allow_none=True)
    min_quantity = Int(least=0, allow_none=True)
    max_quantity = Int(least=0, allow_none=True)
    valid_from = Time(required=True)
    valid_till = Time(allow_none=True)
    deleted_at = Time(allow_none=True, writable_by=staff)

    event = to_one("event", required=True, inverse="access_codes", inverse_visible_to=reader_of_codes)
    tickets = to_many("ticket", set_on="write", inverse="access_codes", inverse_visible_to=reader_of_codes)


class AccessCodeSchema(AccessCodeSchemaPublic):
    """A code that opens hidden tickets."""

    marketer = to_one(
        "user", inverse="access_codes", inverse_visible_to=itself_or_staff, visible_to=readable_access_code
    )

    def check(self, value: Merged) -> None:
        _check_code(value)
        _check_validity(value)
        _check_numbers(_ZeroIsUnset(value.given, value.stored))


class _ZeroIsUnset(Merged):
    """Access codes of the original have a zero where nothing is set."""

    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(name) or None


def _check_code(value: Merged) -> None:
    if not value["code"]:
        raise Invalid.attribute("code", "Field may not be blank.")
    if "/" in value["code"] or value["code"].lower() == RESERVED:
        raise Invalid.attribute("code", f"A code has no slash and is not {RESERVED}.")


def _check_validity(value: Merged) -> None:
    """Where no end is set, a code is valid until its event ends."""
    if not {"valid_from", "valid_till"} & set(value.given):
        return
    event = value["event"]
    starts_at, ends_at = value["valid_from"], value["valid_till"] or (event.ends_at if event is not None else None)
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise Invalid.attribute("valid_till", "valid_till should be after valid_from")


def _check_numbers(value: Merged) -> None:
    if exceeds(value, "min_quantity", "max_quantity"):
        raise Invalid.attribute("min_quantity", "min-quantity should be less than max-quantity")
    if exceeds(value, "max_quantity", "tickets_number"):
        raise Invalid.attribute("tickets_number", "tickets-number should be greater than max-quantity")
    if exceeds(value, "min_quantity", "tickets_number"):
        raise Invalid.attribute("tickets_number", "tickets-number should be greater than min-quantity")


def _check_prices(value: Merged, tickets: Sequence[Any]) -> None:
    """A discount is on something that costs something, and no higher than that."""
    for ticket in tickets:
        if ticket.type in FREE or not ticket.price:
            raise Invalid([("/data/relationships/tickets", f"Ticket {ticket.id} has no price to take off from")])
        if value["type"] == "amount" and value["value"] > ticket.price:
            raise Invalid.attribute("value", f"discount value cannot be more than the price of ticket {ticket.name}")
