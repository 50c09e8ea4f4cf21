"""Who makes the documented requests: each a user made for the one request, after the row's own state.

Made last, so that a row's setup numbers its users from 1 whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import select

from app.events.models import Role, UsersEventsRoles
from app.extensions import db
from app.users.models import User
from tests.unittests.factories.users import UserFactory


def someone(**attributes: Any) -> Callable[[], User]:
    """Makes a user with these attributes."""

    def make() -> User:
        user: Any = UserFactory.create(**attributes)
        return cast(User, user)

    return make


def team_member(role: str) -> Callable[[], User]:
    """Makes a user who holds this role on event 1."""

    def make() -> User:
        user = someone()()
        held = db.session.scalars(select(Role).where(Role.name == role)).one()
        db.session.add(UsersEventsRoles(user_id=user.id, event_id=1, role_id=held.id))
        return user

    return make


def first_user() -> User:
    """User 1 of the row's own state, such as a buyer or whoever owns what the request is about."""
    return db.session.get_one(User, 1)


CAST: dict[str, Callable[[], User]] = {
    "user": someone(),
    "first user": first_user,
    "owner": team_member("owner"),
    "organizer": team_member("organizer"),
    "coorganizer": team_member("coorganizer"),
    "registrar": team_member("registrar"),
    "moderator": team_member("moderator"),
    "track organizer": team_member("track_organizer"),
    "admin": someone(is_admin=True),
    "super admin": someone(is_super_admin=True, is_admin=True),
}
