"""Where an order is paid: `payment-url`, asked of the provider after the order is stored."""

from __future__ import annotations

import logging

from app.extensions import commit_step, db
from app.jsonapi.errors import ApiError
from app.orders.models import CARD_URL, OPEN, Order
from app.orders.paying.attempts import locked
from app.orders.paying.charging import start_approval

log = logging.getLogger("app.payments")


def renew_payment_url(order: Order) -> None:
    """Give the order the address at which it can be paid now; none for one that is free or no longer to be paid.

    What was done so far is committed, and nothing is held, before PayPal is asked. An order stands also when PayPal
    does not answer: then it has no address until somebody asks for one again.
    """
    url = _url_of(order) if order.amount > 0 and order.status in OPEN else None
    held = locked(order.id)
    held.payment_url = url if held.status in OPEN else None
    db.session.flush()


def _url_of(order: Order) -> str | None:
    if order.payment_mode == "stripe":
        return CARD_URL
    return _approval_page(order.id) if order.payment_mode == "paypal" else None


def _approval_page(order_id: int) -> str | None:
    try:
        url = start_approval(order_id).url
    except ApiError as error:
        log.warning("order %s has no payment-url: %s", order_id, error.detail)
        return None
    commit_step()
    return url
