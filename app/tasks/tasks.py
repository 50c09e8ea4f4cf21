"""What is done by the clock about tasks."""

from __future__ import annotations

from app.jobs import job, periodic
from app.tasks.services import forget_old_tasks


@periodic("17 * * * *")
@job()
def forget_tasks(timestamp: int) -> None:
    """Remove tasks nobody asks about any more, with their files."""
    forget_old_tasks()
