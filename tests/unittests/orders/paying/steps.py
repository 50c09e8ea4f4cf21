"""The steps of paying, for the tests of payments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.extensions import db
from app.orders.models import Order, OrderLine
from app.payments.models import Payment, Refund
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.orders import order_with_attendees
from tests.unittests.orders.steps import Sale
from tests.unittests.providers import Providers

CHARGES, INTENTS, REFUNDS = "/stripe/v1/charges", "/stripe/v1/payment_intents", "/stripe/v1/refunds"
PRICE = Decimal("19.99")
# What clients send that have the card asked for in the browser.
IN_BROWSER = {"stripe": None, "paypal_payer_id": "", "paypal_payment_id": ""}


class Shop(Sale):
    """An event that sells a ticket for money through both providers."""

    def __init__(self, api: ApiClient, providers: Providers) -> None:
        super().__init__(api, type="paid", price=PRICE)
        self.providers = providers
        event = self.event
        event.can_pay_by_stripe = event.can_pay_by_paypal = True
        event.payment_currency, event.paypal_email = "EUR", "organizer@example.com"
        db.session.flush()

    def ordered(self, mode: str = "stripe", number: int = 1, **values: Any) -> Order:
        """A pending order of the buyer's for so many attendees."""
        values = {"status": "pending", "amount": PRICE * number, "currency": "EUR"} | values
        order: Order = order_with_attendees(self.ticket, number, user=self.buyer, payment_mode=mode, **values)
        db.session.execute(update(OrderLine).where(OrderLine.order_id == order.id).values(price=PRICE))
        return order

    def charge(self, order: Order, user: Any = None, **offer: Any) -> TestResponse:
        """Ask to charge the order, as the buyer by default, by a token that works."""
        sent = document("charge", **(offer or {"stripe": "tok_visa"}))
        return self.api.post(f"/v1/orders/{order.identifier}/charge", sent, user=user or self.buyer)

    def plain(self, order: Order, action: str, user: Any = None, **attributes: Any) -> TestResponse:
        """One of the plain requests about an order's payment, as the buyer by default."""
        dashed = {name.replace("_", "-"): value for name, value in attributes.items()}
        body = {"data": {"type": "paypal-payment", "attributes": dashed}}
        return self.api.plain("POST", f"/v1/orders/{order.identifier}/{action}", body, user=user or self.buyer)

    def approved(self, order: Order, **fields: str) -> str:
        """Start a PayPal payment of the order and approve it as its payer; the payment's id."""
        started = self.plain(order, "create-paypal-payment").get_json()
        assert started["status"], started
        self.providers.approve(started["url"], **fields)
        return str(started["payment_id"])

    def asked(self, path: str, method: str = "POST") -> int:
        """How often the providers were asked that."""
        return len([each for each in self.providers.requests(path) if each["method"] == method])


def payments() -> list[Payment]:
    """All payments there are, the first first."""
    db.session.expire_all()
    return list(db.session.scalars(select(Payment).order_by(Payment.id)))


def refunds() -> list[Refund]:
    """All refunds there are, the first first."""
    db.session.expire_all()
    return list(db.session.scalars(select(Refund).order_by(Refund.id)))
