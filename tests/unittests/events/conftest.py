"""One event with people around it, by the names of who they are to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.users.models import User
from tests.unittests.delivery import deliver
from tests.unittests.factories.users import AdminFactory, SuperAdminFactory, UserFactory
from tests.unittests.ranks import role_of

__all__ = ["deliver"]

People = Callable[[Any, str], User | None]


@pytest.fixture
def someone() -> People:
    """Makes somebody who is this to the event: anonymous, user, a role on it, admin or super_admin."""

    def make(event: Any, kind: str) -> User | None:
        if kind == "anonymous":
            return None
        factories = {"user": UserFactory, "admin": AdminFactory, "super_admin": SuperAdminFactory}
        made: User = factories[kind]() if kind in factories else role_of(event, kind)
        return made

    return make
