"""What is done by the clock about idempotency keys."""

from __future__ import annotations

from app.idempotency.records import forget_old_records
from app.jobs import job, periodic


@periodic("7 * * * *")
@job()
def forget_old_answers(timestamp: int) -> None:
    """Remove the answers nobody can ask for again."""
    forget_old_records()
