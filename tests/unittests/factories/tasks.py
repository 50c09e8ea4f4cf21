"""Factories of work that was started."""

from __future__ import annotations

from typing import Any

import factory

from app.tasks.models import Task
from tests.unittests.factories.base import RowFactory
from tests.unittests.factories.users import UserFactory


class TaskFactory(RowFactory):
    """A task whose job is not known."""

    class Meta:
        model = Task

    class Params:
        starter: Any = factory.SubFactory(UserFactory)

    starter_id: Any = factory.LazyAttribute(lambda task: task.starter.id)
    job_id = 0
