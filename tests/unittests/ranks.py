"""People who hold a role on an event, for tests of who may what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.events.models import UsersEventsRoles
from app.extensions import db
from app.users.models import User
from tests.unittests.factories.events import give_role
from tests.unittests.factories.users import UserFactory


def role_of(event: Any, role: str) -> Any:
    """A user with this role on the event: a new one, but for the owner of an event that has one."""
    owned = select(User).join(UsersEventsRoles).where(UsersEventsRoles.event_id == event.id, UsersEventsRoles.is_owner)
    owner = db.session.scalar(owned) if role == "owner" else None
    if owner is not None:
        return owner
    user = UserFactory()
    give_role(user, event, role)
    return user
