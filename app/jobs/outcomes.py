"""What became of jobs."""

from __future__ import annotations

from sqlalchemy import text

from app.extensions import db

_STATUS = text("SELECT status::text FROM procrastinate_jobs WHERE id = :id")
_GIVEN_UP = {None, "failed", "cancelled", "aborted"}


def has_given_up(job_id: int) -> bool:
    """Whether a job will not run any more although it has not succeeded, or is no longer known."""
    return db.session.scalar(_STATUS, {"id": job_id}) in _GIVEN_UP
