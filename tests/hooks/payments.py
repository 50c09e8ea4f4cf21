"""What must exist before the documented requests about Stripe authorizations, charges and refunds."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import requests
from flask import current_app

from app.adapters.payments.standins.webhooks import signature
from app.extensions import db
from app.orders.models import Order
from app.orders.paying.charging import start_approval
from tests.hooks.orders import IDENTIFIER, grace
from tests.hooks.rows import row
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.orders import order_with_attendees
from tests.unittests.factories.payments import PaymentFactory, RefundFactory, StripeAuthorizationFactory
from tests.unittests.factories.tickets import TicketFactory


def event_with_cards() -> Any:
    """Event 1 takes cards, and is not connected yet."""
    return EventFactoryBasic(identifier="a1b2c3d4", name="Open Tech Summit", can_pay_by_stripe=True)


def connected_event() -> None:
    """Event 1 is paid to the account of authorization 1."""
    StripeAuthorizationFactory(event=event_with_cards())


def unpaid_order(mode: str = "stripe", **values: Any) -> Any:
    """User 1 has ordered ticket 1 of an event that takes cards and PayPal in order 1, and not paid yet."""
    event = event_with_cards()
    event.can_pay_by_paypal, event.paypal_email, event.payment_currency = True, "organizer@example.com", "EUR"
    ticket = TicketFactory(event=event, name="Early bird", type="paid", price=PRICE)
    wanted = {"status": "pending", "payment_mode": mode, "amount": PRICE, "currency": "EUR"} | values
    wanted |= {"identifier": IDENTIFIER, "invoice_number": "O-A1B2C3D4-00001"}
    return order_with_attendees(ticket, user=grace(), **wanted)


def unpaid_paypal_order() -> None:
    """The same, to be paid by PayPal."""
    unpaid_order("paypal")


def approved_paypal_payment() -> dict[str, str]:
    """Its payment is started and approved; the page's name of it stands for PayPal's."""
    payment = start_approval(unpaid_order("paypal").id)
    assert payment.url is not None
    requests.post(payment.url, allow_redirects=False, timeout=10).raise_for_status()
    return {"<PayPal payment>": payment.provider_id or ""}


def paid_order() -> Any:
    """Order 1 is paid by charge 1."""
    order = unpaid_order(status="completed", paid_via="stripe", transaction_id="ch_1")
    return PaymentFactory(order=order, amount=PRICE, currency="EUR", provider_id="ch_1")


def refunded_order() -> None:
    """It was cancelled, and refund 1 went back."""
    payment = paid_order()
    db.session.get_one(Order, 1).status = "cancelled"
    RefundFactory(payment=payment, currency="EUR", settled_at=datetime.now(UTC))


def signed_message() -> dict[str, str]:
    """Stripe has signed the page's message with our secret: as it stands, and as Dredd sends it, with a line's end."""
    secret, moment = current_app.config["STRIPE_WEBHOOK_SECRET"], int(time.time())
    header, further = signature(MESSAGE, secret, moment), signature(MESSAGE + b"\n", secret, moment)
    return {"<signature>": f"{header},{further.partition(',')[2]}"}


PRICE = Decimal("19.99")
MESSAGE = b'{"id":"evt_1","type":"charge.succeeded","data":{"object":{"id":"ch_1","object":"charge"}}}'
CHARGE = "Charges > Charge Collection > Charge Order > Example"
GROUP = "StripeAuthorization"
ROWS = {
    f"{GROUP} > Stripe Authorization Collection": row(event_with_cards, actor="organizer"),
    f"{GROUP} > Stripe Authorization Collection by the Plural": row(event_with_cards, actor="organizer"),
    f"{GROUP} > Stripe Authorization Detail": row(connected_event, actor="coorganizer"),
    f"{GROUP} > Stripe Authorization Detail by the Plural": row(connected_event, actor="coorganizer"),
    f"{GROUP} > Stripe Authorization for an Event > Get Stripe Authorization Details of an Event": row(
        connected_event, actor="coorganizer"
    ),
    f"{GROUP} > Stripe Authorization for an Event": row(connected_event, actor="coorganizer"),
    f"{GROUP} > Relationship stripe-authorization.event": row(connected_event, actor="coorganizer"),
    f"{CHARGE} 1": row(unpaid_order, actor="first user"),
    f"{CHARGE} 2": row(unpaid_order, actor="first user"),
    f"{CHARGE} 3": row(approved_paypal_payment, actor="first user"),
    f"{CHARGE} 4": row(unpaid_order, actor="first user"),
    f"{CHARGE} 5": row(paid_order, actor="first user"),
    "Charges > Charge Detail": row(paid_order, actor="first user"),
    "Charges > PayPal Payment": row(unpaid_paypal_order, actor="first user"),
    "Charges > PayPal Payment of an App": row(unpaid_paypal_order, actor="first user"),
    "Charges > Payment Status": row(paid_order, actor="first user"),
    "Charges > Stripe Message > Receive Stripe Message > Example 1": row(signed_message),
    "Charges > Stripe Message > Receive Stripe Message > Example 2": row(),
    "Refunds > Refund Detail": row(refunded_order, actor="first user"),
    "Refunds > Refund List": row(refunded_order, actor="coorganizer"),
    "Refunds > Relationship refund.order": row(refunded_order, actor="first user"),
    f"{GROUP} > Relationship stripe-authorization.event by the Plural": row(connected_event, actor="coorganizer"),
}
