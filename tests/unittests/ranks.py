"""People who hold a role on an event, for tests of who may what."""

from __future__ import annotations

from typing import Any

from tests.unittests.factories.events import give_role
from tests.unittests.factories.users import UserFactory


def role_of(event: Any, role: str) -> Any:
    """A user with this role on the event."""
    user = UserFactory()
    give_role(user, event, role)
    return user
