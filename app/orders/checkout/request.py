"""The plain JSON document of a cart, as `calculate-amount` and `create-order` take it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError

from app.jsonapi import Money
from app.jsonapi.errors import BadRequest, Invalid, UnprocessableEntity
from app.jsonapi.lookup import LONGEST_ID, id_of

MOST_SEATS = 1000
MOST_ITEMS = 100
LARGEST_ID = 10**LONGEST_ID - 1
_amount = Money()


@dataclass(frozen=True)
class Item:
    """So many of one ticket, for donations at a price of the buyer's; `pointer` says where in the document."""

    ticket_id: int
    quantity: int
    price: Decimal | None
    pointer: str


@dataclass(frozen=True)
class CartRequest:
    """What somebody wants to order: items, the ids of codes, and an amount that only the event's team may set."""

    items: tuple[Item, ...]
    discount_code_id: int | None = None
    access_code_id: int | None = None
    amount: Decimal | None = None


def read_cart(body: Any) -> CartRequest:
    """The cart a request's body describes; raises BadRequest, Invalid or UnprocessableEntity.

    Names may be spelt with dashes or underscores, and ids be texts. What else is sent is ignored: whether a discount
    was verified, for one, is not for clients to say.
    """
    if not isinstance(body, dict):
        raise BadRequest("The body is a JSON object.", pointer="/")
    if not body.get("tickets"):
        source = {"pointer": "/tickets", "source": "tickets"}
        raise UnprocessableEntity("Tickets missing in Order request", source=source)
    return CartRequest(
        items=read_items(body["tickets"], "/tickets"),
        discount_code_id=_reference(body, "discount_code"),
        access_code_id=_reference(body, "access_code"),
        amount=_price(body.get("amount"), "/amount"),
    )


def read_items(value: Any, pointer: str) -> tuple[Item, ...]:
    """The items of a list of objects with `id`, `quantity` (1 where it is left out) and `price`; raises Invalid."""
    if not isinstance(value, list) or len(value) > MOST_ITEMS:
        raise Invalid([(pointer, f"Tickets are a list of {MOST_ITEMS} at most.")])
    items = tuple(_item(each, f"{pointer}/{number}") for number, each in enumerate(value))
    if sum(item.quantity for item in items) > MOST_SEATS:
        raise Invalid([(pointer, f"An order is for {MOST_SEATS} attendees at most.")])
    return items


def _item(value: Any, pointer: str) -> Item:
    if not isinstance(value, dict):
        raise Invalid([(pointer, "A ticket is an object with id and quantity.")])
    return Item(
        ticket_id=_whole(value.get("id"), f"{pointer}/id", LARGEST_ID),
        quantity=_whole(value.get("quantity", 1), f"{pointer}/quantity", MOST_SEATS),
        price=_price(value.get("price"), f"{pointer}/price"),
        pointer=pointer,
    )


def _reference(body: dict[str, Any], name: str) -> int | None:
    spelling = name if name in body else name.replace("_", "-")
    value = body.get(spelling)
    return None if value in (None, "") else _whole(value, f"/{spelling}", LARGEST_ID)


def _whole(value: Any, pointer: str, most: int) -> int:
    """A whole number from 1 on, which may be sent as a text."""
    if isinstance(value, str):
        value = id_of(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise Invalid([(pointer, f"Not a whole number from 1 to {most}.")])
    return value


def _price(value: Any, pointer: str) -> Decimal | None:
    if value in (None, ""):
        return None
    try:
        if isinstance(value, bool):
            raise ValidationError("Not a valid number.")
        amount: Decimal = _amount.deserialize(value)
    except ValidationError as error:
        raise Invalid([(pointer, str(error.messages[0]))]) from error
    return amount
