"""Asking about work that was started."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response
from sqlalchemy import select

from app.extensions import db
from app.jsonapi import current_actor, endpoint, json, logged_in, require
from app.jsonapi.errors import NotFound
from app.tasks.access import starter
from app.tasks.models import Task
from app.tasks.services import outcome

blueprint = Blueprint("tasks", __name__)


def task_of_url(task_id: UUID) -> Task:
    """The actor's task with this id; those of others do not exist for them."""
    require(logged_in)
    task: Task | None = db.session.scalar(select(Task).where(Task.id == task_id, starter.rows(current_actor(), Task)))
    if task is None:
        raise NotFound(f"Task: {task_id} not found", parameter="task_id")
    return task


@endpoint(blueprint, "/v1/tasks/<uuid:task_id>", access=starter, load=task_of_url)
def task(task: Task) -> Response:
    """The state of a task, and its result once it has one."""
    return json.answer(outcome(task))
