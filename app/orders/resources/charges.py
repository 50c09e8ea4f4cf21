"""Charges over HTTP: paying an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.api import resource
from app.extensions import db
from app.jsonapi import Access, DataLayer, Given, ResourceDetail, ResourceList, logged_in, nobody, require
from app.jsonapi.errors import UnprocessableEntity
from app.jsonapi.includes import Loaded, load_included
from app.limits.spending import spend
from app.orders.access import of_answerable_order, payable_order
from app.orders.lookup import order_of_url
from app.orders.models import Order
from app.orders.paying.charging import TOKEN, Offer, charge
from app.orders.paying.payable import account_to_pay
from app.orders.schemas.payments import ChargeSchema
from app.payments.models import Payment

PAYPAL_KEYS = {"paypal_payer_id", "paypal_payment_id"}


class ChargeLayer(DataLayer):
    """A charge is no row that is written down and done: a provider is asked for it."""

    def create_object(self, data: Given, view_kwargs: Mapping[str, Any]) -> Payment:
        """Pay the order the URL means by what the document offers; raises what the order's state refuses."""
        order = order_of_url(view_kwargs["order_identifier"])
        require(payable_order, order, actor=self.actor)
        account_to_pay(order)
        spend("RATE_LIMIT_CHARGE", f"charge {self.actor.id}")
        return charge(order.id, offer_of(order, data))


def offer_of(order: Order, data: Given) -> Offer:
    """What the payer offers; raises UnprocessableEntity where nothing is offered for a card payment.

    Clients that have the card asked for in the browser send no token, but both names of PayPal's, even empty.
    """
    if order.payment_mode == "paypal":
        names = data.get("paypal_payment_id") or None
        return Offer("approval", source=data.get("paypal_payer_id") or "", names=names)
    if data.get("stripe"):
        return Offer("token", source=data["stripe"])
    if data.keys() >= PAYPAL_KEYS:
        return Offer("intent")
    raise UnprocessableEntity("stripe token is missing", source=TOKEN)


class Charges:
    """Charges are seen by those who see what else becomes of the order's money."""

    model, schema, data_layer_class = Payment, ChargeSchema, ChargeLayer
    access = Access(read=of_answerable_order, create=logged_in, update=nobody, delete=nobody)


class ChargeList(Charges, ResourceList):
    """Where an order is charged."""

    offers = ("POST",)

    def _included(self, rows: Sequence[Any]) -> Loaded | None:
        """The order, whether or not it is asked for: the client learns what has become of it."""
        db.session.flush()
        return load_included(rows, self.declared, {"order": {}} | self.query.include, self.actor)


class ChargeDetail(Charges, ResourceDetail):
    """One charge, as it stands."""

    offers = ("GET",)


resource("charges", ChargeList, ChargeDetail, collection=(), also=(("/orders/<order_identifier>/charge", ChargeList),))
