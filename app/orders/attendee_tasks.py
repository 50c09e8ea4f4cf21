"""The job that keeps abandoned checkouts from piling up."""

from __future__ import annotations

from app.jobs import job, periodic
from app.orders import attendee_rules


@periodic("*/5 * * * *")
@job(queueing_lock="delete_forgotten_attendees")
def delete_forgotten_attendees(timestamp: int) -> None:
    """Remove attendees for whom no order was placed; every five minutes."""
    attendee_rules.delete_forgotten_attendees()
