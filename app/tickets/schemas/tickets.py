"""The wire form of tickets and their tags."""

from __future__ import annotations

from app.jsonapi import Bool, Choice, Int, Merged, Money, Schema, Str, Time, staff, to_many, to_one
from app.jsonapi.errors import Invalid
from app.tickets.schemas.bounds import exceeds

FREE = ("free", "freeRegistration")
PAID = ("paid",)
DONATION = ("donation", "donationRegistration")


class TicketSchema(Schema):
    """A kind of admission an event offers."""

    class Meta:
        type_ = "ticket"

    name = Str(required=True)
    description = Str(allow_none=True)
    type = Choice(*FREE, *PAID, *DONATION, required=True)
    price = Money(allow_none=True)
    min_price = Money()
    max_price = Money(allow_none=True)
    quantity = Int(least=0)
    is_description_visible = Bool()
    position = Int()
    is_fee_absorbed = Bool()
    sales_starts_at = Time(required=True)
    sales_ends_at = Time(required=True)
    is_hidden = Bool()
    min_order = Int(least=0)
    max_order = Int(least=0)
    is_checkin_restricted = Bool()
    auto_checkin_enabled = Bool()
    form_id = Str(allow_none=True)
    badge_id = Str(allow_none=True)
    deleted_at = Time(allow_none=True, writable_by=staff)

    event = to_one("event", required=True, inverse="tickets")
    ticket_tags = to_many("ticket-tag", set_on="write")

    def check(self, value: Merged) -> None:
        _check_name(value)
        _check_sales_window(value)
        _check_prices(value)
        _check_numbers(value)


class TicketTagSchema(Schema):
    """A label that groups an event's tickets."""

    class Meta:
        type_ = "ticket-tag"

    name = Str(allow_none=True)
    deleted_at = Time(allow_none=True, writable_by=staff)

    event = to_one("event", required=True, inverse="ticket_tags")
    tickets = to_many("ticket", set_on="write")


def _check_name(value: Merged) -> None:
    if not value["name"].strip():
        raise Invalid.attribute("name", "Field may not be blank.")


def _check_sales_window(value: Merged) -> None:
    if value["sales_ends_at"] <= value["sales_starts_at"]:
        raise Invalid.attribute("sales_ends_at", "sales-ends-at should be after sales-starts-at")


def _check_prices(value: Merged) -> None:
    if value["type"] in PAID and not value["price"]:
        raise Invalid.attribute("price", "paid ticket price should be greater than 0")
    if value["type"] in DONATION and exceeds(value, "min_price", "max_price"):
        raise Invalid.attribute("min_price", "minimum price should be lesser than or equal to maximum price")


def _check_numbers(value: Merged) -> None:
    if value["quantity"] == 0 and "quantity" in value.given:
        raise Invalid.attribute("quantity", "quantity should be greater than 0")
    if exceeds(value, "min_order", "max_order"):
        raise Invalid.attribute("max_order", "max-order should be greater than or equal to min-order")
    for bound in ("min_order", "max_order"):
        if exceeds(value, bound, "quantity"):
            name = bound.replace("_", "-")
            raise Invalid.attribute("quantity", f"quantity should be greater than or equal to {name}")
