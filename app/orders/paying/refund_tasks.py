"""The job that asks a provider to give money back."""

from __future__ import annotations

from app.jobs import BackOff, job
from app.orders.paying import refunding

# Where the provider is away for longer, `reconciling` takes it up again.
REFUNDING = BackOff(attempts=12)


@job(queue="payments", retry=REFUNDING)
def pursue_refund(refund_id: int) -> None:
    """Bring a refund forward; repeated with the same key, it gives the money back once."""
    refunding.pursue(refund_id)
