"""Tasks: asked about by whoever started them, and forgotten with their files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app.adapters.storage import storage
from app.edge import Service
from app.extensions import db
from app.jobs import defer
from app.tasks.models import Task
from app.tasks.services import KEPT, finish_task, forget_old_tasks
from app.tasks.tasks import forget_tasks
from tests.unittests.client import ApiClient
from tests.unittests.factories.tasks import TaskFactory
from tests.unittests.factories.users import AdminFactory, UserFactory


def test_only_who_started_a_task_may_ask_about_it(api: ApiClient) -> None:
    starter = UserFactory()
    path = f"/v1/tasks/{TaskFactory(starter=starter).id}"
    people = {"starter": starter, "stranger": UserFactory(), "admin": AdminFactory(), "anonymous": None}
    statuses = {kind: api.get(path, user=user).status_code for kind, user in people.items()}
    assert statuses == {"starter": 200, "stranger": 404, "admin": 404, "anonymous": 401}


@pytest.mark.parametrize("id_", ["1", "none", "3f2a9c1e-0000-4000-8000-000000000000", "%00"])
def test_unknown_tasks_are_not_found(api: ApiClient, id_: str) -> None:
    assert api.get(f"/v1/tasks/{id_}", user=UserFactory()).status_code == 404


def waiting_job() -> int:
    number = defer(forget_tasks, timestamp=0)
    assert number is not None
    return number


@pytest.mark.parametrize(
    ("status", "state"),
    [("todo", "WAITING"), ("doing", "WAITING"), ("failed", "FAILURE"), ("cancelled", "FAILURE"), ("aborted", "FAILURE")],
)  # fmt: skip
def test_a_task_waits_until_its_job_gives_up(api: ApiClient, status: str, state: str) -> None:
    task = TaskFactory(job_id=waiting_job(), starter=(starter := UserFactory()))
    db.session.execute(
        text("UPDATE procrastinate_jobs SET status = CAST(:status AS procrastinate_job_status) WHERE id = :id"),
        {"status": status, "id": task.job_id},
    )
    told: Any = api.get(f"/v1/tasks/{task.id}", user=starter).json
    assert told["state"] == state
    assert told["result"] == (None if state == "WAITING" else "This could not be done. Try again later.")


def test_a_task_whose_job_is_gone_has_failed(api: ApiClient) -> None:
    task = TaskFactory(starter=(starter := UserFactory()))
    assert api.get(f"/v1/tasks/{task.id}", user=starter).json["state"] == "FAILURE"  # type: ignore[index]


def test_old_tasks_are_forgotten_with_their_files(app: Service) -> None:
    old, new = (TaskFactory(created_at=datetime.now(UTC) - age) for age in (KEPT + timedelta(minutes=1), KEPT / 2))
    kept: list[Any] = []
    for task in (old, new):
        finish_task(task, b"x", key=f"exports/1/{task.id}.ics", filename="x.ics", content_type="text/calendar")
        kept.append((task.id, task.file_key))
    forget_old_tasks()
    assert list(db.session.scalars(select(Task.id))) == [new.id]
    assert [storage().exists(key) for _, key in kept] == [False, True]
