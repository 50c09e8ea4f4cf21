"""The wire form of charges and refunds."""

from __future__ import annotations

from app.jsonapi import Bool, Money, Schema, Str, Time, to_one
from app.orders.access import answerable


def _offered() -> Str:
    return Str(load_only=True, allow_none=True)


class ChargeSchema(Schema):
    """A wish to pay an order, and how that went."""

    class Meta:
        type_ = "charge"

    stripe = _offered()
    paypal_payer_id = _offered()
    paypal_payment_id = _offered()
    status = Bool(dump_only=True, metadata={"volatile": True})
    message = Str(dump_only=True)

    order = to_one("order", set_on="never")


class RefundSchema(Schema):
    """Money that goes back to a buyer."""

    class Meta:
        type_ = "refund"

    amount = Money(dump_only=True)
    currency = Str(dump_only=True)
    cause = Str(dump_only=True)
    state = Str(dump_only=True)
    reason = Str(dump_only=True)
    created_at = Time(dump_only=True)
    settled_at = Time(dump_only=True)

    order = to_one("order", set_on="never", inverse="refunds", inverse_visible_to=answerable)
