"""How those who answer for an event are reached, and those they ask to join them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from email.headerregistry import Address

from sqlalchemy import Select, func, select

from app.adapters.mail import InvalidAddress, address
from app.events.access import TEAM
from app.events.models import Role, UsersEventsRoles
from app.extensions import db
from app.users.models import User


def team_of(event_id: int, roles: tuple[str, ...] = TEAM) -> Sequence[User]:
    """Who holds one of these roles on the event, those with the first role first."""
    statement = (
        select(User, Role.name)
        .join(UsersEventsRoles, UsersEventsRoles.user_id == User.id)
        .join(Role)
        .where(UsersEventsRoles.event_id == event_id, Role.name.in_(roles), User.deleted_at.is_(None))
    )
    return by_rank(statement, roles)


def by_rank(held: Select[User, str], roles: tuple[str, ...]) -> list[User]:
    """The users of a SELECT of users with the names of roles they hold, each once, by the place of their first role."""
    found = sorted(db.session.execute(held), key=lambda row: (roles.index(row[1]), row[0].id))
    return list(dict.fromkeys(user for user, _ in found))


def mailboxes(users: Iterable[User]) -> list[Address]:
    """Where mail reaches these people; an address that cannot be written to is left out, not to stop the others'."""
    found = []
    for user in users:
        with suppress(InvalidAddress):
            found.append(address(user.email, user.full_name))
    return found


def accounts_of(email: str) -> Sequence[int]:
    """The ids of the accounts that have proven this address: one, or none."""
    proven = User.is_verified, User.deleted_at.is_(None), func.lower(User.email) == func.lower(email)
    return db.session.scalars(select(User.id).where(*proven)).all()


def name_of(user_id: int) -> str:
    """The name of whoever asks; empty where they have none, or no account any more."""
    user = db.session.get(User, user_id)
    return user.full_name if user is not None else ""
