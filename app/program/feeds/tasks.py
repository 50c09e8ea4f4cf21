"""Exports of schedules: files that are written once, for whoever asked."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.events.models import Event
from app.extensions import db
from app.jobs import BackOff, job
from app.program.feeds.formats import FORMATS
from app.program.feeds.loading import with_schedule
from app.tasks.services import fail_task, finish_task, unfinished_task

# Somebody waits in front of a screen.
SOON = BackOff(attempts=4, first=timedelta(seconds=2))


@job(retry=SOON)
def export_feed(task_id: str, event_id: int, format_name: str) -> None:
    """Write an event's schedule to the file of the task."""
    task = unfinished_task(task_id)
    if task is None:
        return
    event = db.session.scalar(select(Event).where(Event.id == event_id, Event.deleted_at.is_(None)))
    if event is None:
        fail_task(task, "The event was deleted.")
        return
    format_ = FORMATS[format_name]
    finish_task(
        task,
        format_.write(with_schedule(event).feed()),
        key=f"exports/{event.id}/{format_.name}/{task_id}.{format_.ending}",
        filename=f"{event.identifier}-schedule.{format_.ending}",
        content_type=format_.media_type,
    )
