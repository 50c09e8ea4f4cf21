"""Jobs that find out how payments stand: for a provider's message, when an order ends, and by the clock."""

from __future__ import annotations

from app.jobs import BackOff, defer, job, periodic
from app.orders.models import Order
from app.orders.paying import reconciling, refund_tasks
from app.orders.transitions import when_ended

# Where the provider is away for longer, the next reconciliation takes it up again.
FINDING_OUT = BackOff(attempts=6)


@job(queue="payments", retry=FINDING_OUT)
def pursue_payment(payment_id: int) -> None:
    """Find out how a payment stands at its provider."""
    reconciling.pursue(payment_id)


@periodic("*/3 * * * *")
@job(queue="payments", queueing_lock="reconcile payments")
def reconcile(timestamp: int) -> None:
    """Have every payment and refund looked up whose outcome has not become known."""
    for payment_id in reconciling.quiet_payments():
        find_out(payment_id)
    for refund_id in reconciling.quiet_refunds():
        defer(refund_tasks.pursue_refund, refund_id=refund_id, queueing_lock=f"refund {refund_id}")


def find_out(payment_id: int) -> None:
    """Have a payment looked up soon; one job for it waits at a time."""
    defer(pursue_payment, payment_id=payment_id, queueing_lock=f"payment {payment_id}")


@when_ended
def withdraw_payments(order: Order) -> None:
    """Keep an order that ends from being paid any more."""
    for payment_id in reconciling.open_payments_of(order):
        find_out(payment_id)
