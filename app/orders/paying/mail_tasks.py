"""Jobs that tell people what became of their money."""

from __future__ import annotations

from app.jobs import job
from app.messages.mailing import MAILING
from app.orders.paying import mails


@job(queue="mail", retry=MAILING)
def send_refunded(refund_id: int) -> None:
    """Tell the buyer that money went back."""
    mails.send_refunded(refund_id)


@job(queue="mail", retry=MAILING)
def send_refund_failed(refund_id: int) -> None:
    """Tell the event's team that money could not be given back."""
    mails.send_refund_failed(refund_id)


@job(queue="mail", retry=MAILING)
def send_payment_returned(payment_id: int) -> None:
    """Tell the buyer that a payment was not for a valid order and goes back."""
    mails.send_payment_returned(payment_id)
