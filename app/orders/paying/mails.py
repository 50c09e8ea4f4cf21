"""The mails about money that goes back."""

from __future__ import annotations

from typing import Any

from app.adapters.mail import address, compose
from app.events.reaching import mailboxes, team_of
from app.extensions import db
from app.messages.mailing import send_once
from app.money import money
from app.orders.description import describe_order
from app.orders.mails import id_of_mail
from app.orders.models import Order
from app.payments.models import Payment, Refund


def send_refunded(refund_id: int) -> None:
    """Tell the buyer how much went back."""
    refund = db.session.get_one(Refund, refund_id)
    order = db.session.get_one(Order, refund.order_id)
    _to_buyer(
        "orders/refunded.html", order, f"refunded-{refund.id}", {"returned": money(refund.amount, refund.currency)}
    )


def send_payment_returned(payment_id: int) -> None:
    """Tell the buyer that a payment came too late, or was not what the order asks for, and goes back."""
    payment = db.session.get_one(Payment, payment_id)
    order = db.session.get_one(Order, payment.order_id)
    details = {"returned": money(payment.paid, payment.paid_currency), "reason": payment.reason}
    _to_buyer("orders/payment_returned.html", order, f"payment-returned-{payment.id}", details)


def send_refund_failed(refund_id: int) -> None:
    """Tell owner, organizers and co-organizers by one mail that they have to give money back themselves."""
    refund = db.session.get_one(Refund, refund_id)
    order = db.session.get_one(Order, refund.order_id)
    team = mailboxes(team_of(order.event_id))
    if not team:
        return
    details = {"returned": money(refund.amount, refund.currency), "reason": refund.reason}
    send_once(
        compose(
            "orders/refund_failed.html",
            describe_order(order) | details,
            to=team[0],
            bcc=tuple(team[1:]),
            message_id=id_of_mail(f"refund-failed-{refund.id}", order, None),
        )
    )


def _to_buyer(template: str, order: Order, about: str, details: dict[str, Any]) -> None:
    buyer = order.user
    if buyer is None or buyer.deleted_at is not None:
        return
    send_once(
        compose(
            template,
            describe_order(order) | {"name": buyer.full_name} | details,
            to=address(buyer.email, buyer.full_name),
            message_id=id_of_mail(about, order, None),
        )
    )
