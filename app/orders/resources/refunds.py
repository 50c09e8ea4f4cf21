"""Refunds over HTTP: who bought and who sells can see what became of the money."""

from __future__ import annotations

from app.api import resource
from app.jsonapi import Access, ResourceDetail, ResourceList, ResourceRelationship, nobody
from app.orders.access import of_answerable_order
from app.orders.schemas.payments import RefundSchema
from app.payments.models import Refund


class Refunds:
    """Refunds follow from what happens to orders; nobody writes them."""

    model, schema = Refund, RefundSchema
    access = Access(read=of_answerable_order, create=nobody, update=nobody, delete=nobody)


class RefundList(Refunds, ResourceList):
    """What went back of an order."""


class RefundDetail(Refunds, ResourceDetail):
    """One refund."""

    offers = ("GET",)


class RefundRelationship(Refunds, ResourceRelationship):
    """The order of a refund."""


resource("refunds", RefundList, RefundDetail, RefundRelationship, collection=())
