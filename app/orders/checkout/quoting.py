"""What `create_order` would charge for a cart, told beforehand in plain values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.jsonapi import Actor
from app.orders.checkout.booking import discount_of, prepare, price, units_to_cover
from app.orders.checkout.cart import Cart, check_hidden
from app.orders.checkout.creating import check_discount
from app.orders.checkout.loading import load_cart
from app.orders.checkout.request import CartRequest
from app.tickets import uses
from app.tickets.models import DiscountCode
from app.tickets.pricing import PricedCart, PricedLine, TaxRate, discount_of_unit, tax_of

CENT = Decimal("0.01")


def quote(request: CartRequest, *, actor: Actor) -> dict[str, Any]:
    """What a cart costs now, by the same prices and uses that an order would get; nothing is held.

    Hidden tickets are priced for those who could buy them. Raises NotFound, Invalid or UnprocessableEntity.
    """
    cart = load_cart(request, actor=actor, lock=False)
    around = prepare(cart)
    if not cart.is_team:
        check_hidden(cart)
    check_discount(cart)
    priced = price(cart, around, _coverable(cart))
    total = request.amount if cart.is_team and request.amount is not None else priced.total
    return {
        "total": total,
        "sub_total": priced.sub_total,
        "discount": priced.discount,
        "tax": _tax(around.tax, priced),
        "tickets": [_line(line, cart, around.tax) for line in priced.lines],
    }


def _coverable(cart: Cart) -> int | None:
    """How many units the discount code has uses for; None where it has no limit."""
    if cart.discount_code is None or not units_to_cover(cart):
        return 0
    return uses.left(cart.discount_code)


def _tax(tax: TaxRate | None, priced: PricedCart) -> dict[str, Any] | None:
    if tax is None:
        return None
    return {"included": tax.is_included, "name": tax.name, "percent": tax.percent, "amount": priced.tax}


def _line(line: PricedLine, cart: Cart, tax: TaxRate | None) -> dict[str, Any]:
    """One line; its taxes are those on a unit, before and after the discount."""
    currency = cart.event.payment_currency
    return {
        "id": line.ticket_id,
        "name": cart.line_of(line.ticket_id).ticket.name,
        "price": line.price,
        "quantity": line.quantity,
        "discount": _discount(line, cart),
        "ticket_fee": line.fee,
        "sub_total": line.sub_total,
        "ticket_tax": tax_of(line.price, tax, currency),
        "discounted_tax": tax_of(line.price - line.unit_discount, tax, currency),
    }


def _discount(line: PricedLine, cart: Cart) -> dict[str, Any] | None:
    """What the code takes off a line; None where it does not cover the line's ticket."""
    code: DiscountCode | None = cart.discount_code
    if code is None or not line.price or line.ticket_id not in discount_of(cart, None).ticket_ids:
        return None
    unit = discount_of_unit(line.price, discount_of(cart, None), cart.event.payment_currency)
    found = {
        "code": code.code,
        "type": code.type,
        "percent": (unit / line.price * 100).quantize(CENT),
        "amount": unit,
        "total": line.discount,
    }
    if line.covered < line.quantity:
        found["warning"] = f"The code is used up: it covers {line.covered} of {line.quantity} tickets."
    return found
