"""What must exist before the documented requests about tasks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.hooks.rows import row
from tests.unittests.factories.tasks import TaskFactory
from tests.unittests.factories.users import UserFactory

ID = UUID("5b0f3f3e-8a3c-4f6d-9a53-0c2d6c1be6d1")  # The page's.


def task(**values: Any) -> None:
    """What user 1 has started."""
    TaskFactory(id=ID, starter=UserFactory(), **values)


def finished_export() -> None:
    """The file was written."""
    task(file_key="exports/1/ical/x.ics", file_name="a7c2e9d4-schedule.ics")


def failed_export() -> None:
    """There is no file, and a reason for it."""
    task(failure="The event was deleted.")


ROWS = {
    "Tasks > Task Detail > Get Task > Example 1": row(finished_export, actor="first user"),
    "Tasks > Task Detail > Get Task > Example 2": row(failed_export, actor="first user"),
    "Tasks > Task Detail > Get Task > Example 3": row(finished_export, actor="user"),
}
