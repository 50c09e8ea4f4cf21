"""Orders over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from app.api import resource
from app.events.access import coorganizer
from app.jsonapi import (
    Access,
    Given,
    ResourceDetail,
    ResourceList,
    ResourceRelationship,
    anyone,
    json,
    logged_in,
    staff,
)
from app.jsonapi.errors import Conflict
from app.orders.access import answerable, readable_order, seller, updatable_order, used_code
from app.orders.advancing import advance
from app.orders.checkout import place_onsite_order, place_order
from app.orders.editing import allowed_changes
from app.orders.models import ENDED, Order
from app.orders.paying.returning import has_payments
from app.orders.paying.urls import renew_payment_url
from app.orders.resources.refusals import RefusingLayer
from app.orders.schemas.orders import OrderSchema
from app.orders.services import end_order
from app.orders.transitions import parties
from app.tickets.code_access import readable_discount_code
from app.tickets.codes import find_discount_code
from app.users.access import email_reader

# Whoever sells somebody a ticket may write to them.
email_reader.add(seller)
# Whoever has used a code sees it with their order.
readable_discount_code.show_to(used_code)


class OrderLayer(RefusingLayer):
    """Orders are placed: their rows follow from the attendees, whose ids are looked up all at once."""

    def create_object(self, data: Given, view_kwargs: Mapping[str, Any]) -> Order:
        """Place the order the document describes; raises what the checkout refuses.

        With `?onsite=true` the event's team orders tickets instead of attendees.
        """
        attendee_ids, tickets = data.pop("attendees", ()), data.pop("on_site_tickets", None)
        reference = data.pop("discount_code", None)
        event = self.resolved({"event": data.pop("event")})["event"]
        is_team = coorganizer.allows(self.actor, event)
        if is_team and request.args.get("onsite") == "true":
            return place_onsite_order(event, tickets, data, actor=self.actor)
        code = None if is_team else find_discount_code(reference)
        order = place_order(event, attendee_ids, data, discount_code=code, actor=self.actor)
        if order.payment_mode == "paypal":
            renew_payment_url(order)
        return order


class Orders:
    """What the classes of orders share."""

    model, schema, data_layer_class = Order, OrderSchema, OrderLayer
    access = Access(
        exists=anyone, read=readable_order, create=logged_in, update=updatable_order, delete=staff, list=staff
    )


class OrderList(Orders, ResourceList):
    """All orders, those of an event, or those of a person; new ones are placed here."""


class OrderDetail(Orders, ResourceDetail):
    """One order."""

    next_status: str | None = None

    @staticmethod
    def _reads() -> bool:
        """Asking for a new payment-url writes it, in a transaction."""
        return ResourceDetail._reads() and "regenerate" not in request.args

    def get(self, *args: Any, **kwargs: Any) -> Response:
        """The order, with a new payment-url where `regenerate` asks for one."""
        if "regenerate" in request.args and self.parent is None:
            order = self.layer.get_object(kwargs)
            if answerable.allows(self.actor, order):
                renew_payment_url(order)
        answer: Response = super().get(*args, **kwargs)
        return answer

    def before_update(self, row: Any, changes: Given) -> None:
        kept = allowed_changes(row, changes, actor=self.actor)
        self.next_status = kept.pop("status", None)
        for name in changes.keys() - kept.keys():
            del changes[name]

    def after_update(self, row: Any, changes: Given) -> None:
        if self.next_status is not None:
            advance(row, self.next_status, by=parties(row, self.actor))

    def before_delete(self, row: Any) -> None:
        permanent = request.args.get("permanent") == "true"
        if permanent and row.status not in ENDED:
            # The mails that tell of the end are written from the order.
            raise Conflict("Cancel the order before you delete it for good.", parameter="permanent")
        if permanent and has_payments(row):
            raise Conflict(
                "What was paid has to be found again: an order with payments is kept.", parameter="permanent"
            )
        end_order(row, _note_of_request())


class OrderRelationship(Orders, ResourceRelationship):
    """What an order is linked with."""


def _note_of_request() -> str | None:
    """The cancel note an admin sends along with a DELETE, as an attribute of the order."""
    body = json.body() if request.content_length else None
    for member in ("data", "attributes", "cancel-note"):
        body = body.get(member) if isinstance(body, dict) else None
    return body if isinstance(body, str) else None


resource("orders", OrderList, OrderDetail, OrderRelationship)
