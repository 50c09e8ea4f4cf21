"""What accounts have done by the clock."""

from __future__ import annotations

from app.jobs import job, periodic
from app.limits.spending import forget_expired_counts
from app.users.mailed_tokens import forget_expired_tokens


@periodic("*/15 * * * *")
@job()
def clear_expired(timestamp: int) -> None:
    """Remove counts and mailed tokens that no longer matter."""
    forget_expired_counts()
    forget_expired_tokens()
