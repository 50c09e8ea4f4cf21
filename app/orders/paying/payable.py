"""What must be so for an order to be paid through a provider, and how much that is."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from app.adapters.payments import payable
from app.extensions import db
from app.jsonapi.errors import Conflict
from app.money import rounded
from app.orders.models import OPEN, Order
from app.orders.transitions import is_paid
from app.payments.credentials import Account, account_of
from app.payments.models import Payment

ONLINE = ("stripe", "paypal")
DEFAULT_CURRENCY = "USD"
NAMES = {"stripe": "Stripe", "paypal": "PayPal"}
WITHOUT_ACCOUNT = {
    "stripe": "Stripe credentials not found for the event.",
    "paypal": "Payments through Paypal have not been configured on the platform",
}


def currency_of(order: Order) -> str:
    """The currency an order is paid in."""
    return order.currency or DEFAULT_CURRENCY


def amount_to_ask(order: Order, provider: str) -> Decimal:
    """What the provider is asked for; some of them take fewer decimals than a currency has."""
    currency = currency_of(order)
    amount = rounded(order.amount, currency)
    return payable(amount, currency) if provider == "stripe" else amount


def account_to_pay(order: Order) -> Account:
    """The account the order is paid to; raises Conflict for orders, events and platforms that take no payment."""
    if order.deleted_at is not None or order.status not in (*OPEN, "placed") or order.is_over:
        raise _refused("You cannot charge payments on a cancelled, expired or completed order")
    if order.amount == 0:
        raise _refused("You cannot charge payments on a free order")
    provider = order.payment_mode
    if provider in ONLINE and amount_to_ask(order, provider) == 0:  # Less than the currency has coins for.
        raise _refused("You cannot charge payments on a free order")
    if provider not in ONLINE:
        raise _refused(f"An order with payment-mode {provider} is not paid through a payment provider")
    if not getattr(order.event, f"can_pay_by_{provider}"):
        raise _refused(f"This event doesn't accept payments by {NAMES[provider]}")
    return _account(order, provider)


def check_unpaid(order: Order) -> None:
    """Refuse to charge an order again that an admin has turned back; raises Conflict. The order is held."""
    if has_its_money(order):
        raise _refused("The order is paid already")


def has_its_money(order: Order) -> bool:
    """Whether the payment that once completed the order has not gone back, whatever became of its status since."""
    if not is_paid(order):
        return False
    completing = Payment.order_id == order.id, Payment.transaction_id == order.transaction_id
    return db.session.scalar(select(Payment.id).where(*completing, Payment.paid > Payment.refunded)) is not None


def _account(order: Order, provider: str) -> Account:
    if provider == "paypal" and not order.event.paypal_email:
        raise _refused("The event has no PayPal address to be paid to")
    account = account_of(order.event, provider)
    if account is None:
        raise _refused(WITHOUT_ACCOUNT[provider])
    return account


def _refused(detail: str) -> Conflict:
    return Conflict(detail, parameter="id")
