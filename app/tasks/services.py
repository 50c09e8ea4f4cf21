"""How work is started, done and asked about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from app.adapters.storage import signed_url, storage
from app.extensions import db
from app.jobs import defer, has_given_up
from app.jobs.queue import JobTask
from app.jsonapi import Actor
from app.tasks.models import Task

LINK_HOURS = 1  # The address is signed anew whenever somebody asks.
KEPT = timedelta(days=7)
AT_ONCE = 500  # As many tasks are removed in one transaction of the job.
GIVEN_UP = "This could not be done. Try again later."


def start_task(job: JobTask, *, actor: Actor, **arguments: Any) -> Task:
    """Defer a job, which is given `task_id` beside the arguments, as a task of the actor."""
    id_ = uuid4()
    job_id = defer(job, task_id=str(id_), **arguments)
    task = Task(id=id_, starter_id=actor.id, job_id=job_id)
    db.session.add(task)
    db.session.flush()
    return task


def task_url(task: Task) -> str:
    """The path at which the starter asks about the task."""
    return f"/v1/tasks/{task.id}"


def unfinished_task(task_id: str) -> Task | None:
    """The task a job is to do; None when it is done already, or nobody wants it any more."""
    task = db.session.get(Task, UUID(task_id))
    return task if task is not None and task.file_key is None and task.failure is None else None


def finish_task(task: Task, data: bytes, *, key: str, filename: str, content_type: str) -> None:
    """Keep the file that was made, under the key and offered by the name."""
    storage().put(key, data, content_type)
    task.file_key, task.file_name = key, filename
    db.session.flush()


def fail_task(task: Task, reason: str) -> None:
    """Say why the task cannot be done."""
    task.failure = reason
    db.session.flush()


def outcome(task: Task) -> dict[str, Any]:
    """The task's state, `SUCCESS`, `FAILURE` or `WAITING`, with its result; the address of a file works for an hour."""
    if task.file_key is not None:
        address = signed_url(task.file_key, filename=task.file_name or "", hours=LINK_HOURS)
        return {"state": "SUCCESS", "result": {"download_url": address}}
    if task.failure is not None or has_given_up(task.job_id):
        return {"state": "FAILURE", "result": task.failure or GIVEN_UP}
    return {"state": "WAITING", "result": None}


def forget_old_tasks() -> None:
    """Remove the tasks of a week ago with their files."""
    old = select(Task).where(Task.created_at < datetime.now(UTC) - KEPT).order_by(Task.created_at).limit(AT_ONCE)
    for task in db.session.scalars(old.with_for_update(skip_locked=True)).all():
        if task.file_key is not None:
            storage().delete(task.file_key)
        db.session.delete(task)
    db.session.flush()
