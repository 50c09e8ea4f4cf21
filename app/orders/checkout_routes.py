"""Carts of so many tickets: what they would cost, and ordering them. Plain JSON in."""

from __future__ import annotations

from flask import Blueprint, Response

from app.api import registry
from app.jsonapi import anyone, current_actor, document_of, endpoint, json, logged_in
from app.orders import checkout
from app.orders.checkout.request import read_cart

blueprint = Blueprint("checkout", __name__)


@endpoint(blueprint, "/v1/orders/calculate-amount", access=anyone, methods=("POST",))
def calculate_amount() -> Response:
    """What a cart costs, line by line, with discount, fee and tax."""
    return json.answer(checkout.quote(read_cart(json.body()), actor=current_actor()))


@endpoint(blueprint, "/v1/orders/create-order", access=logged_in, methods=("POST",))
def create_order() -> Response:
    """An order with blank attendees that holds its seats while the buyer fills it in."""
    order = checkout.create_order(read_cart(json.body()), actor=current_actor())
    return document_of(registry.by_type["order"], order)
