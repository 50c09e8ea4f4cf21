"""One event with people around it, by the names of who they are to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.users.models import User
from tests.unittests.delivery import deliver
from tests.unittests.factories.events import give_role
from tests.unittests.factories.users import AdminFactory, SuperAdminFactory, UserFactory

__all__ = ["deliver"]

People = Callable[[Any, str], User | None]


@pytest.fixture
def someone() -> People:
    """Makes somebody who is this to the event: anonymous, user, a role on it, admin or super_admin."""

    def make(event: Any, kind: str) -> User | None:
        if kind == "anonymous":
            return None
        made: User = {"admin": AdminFactory, "super_admin": SuperAdminFactory}.get(kind, UserFactory)()
        if kind not in ("user", "admin", "super_admin"):
            give_role(made, event, kind)
        return made

    return make
