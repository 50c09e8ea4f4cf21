"""Who may what on accounts, and who is behind a request."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, inspect, true

from app.jsonapi.permissions import Actor, Rule, named_permission, staff
from app.users.models import User


class _Itself(Rule):
    """The user a row is, or belongs to."""

    name = "user itself"
    refusal = "Access Forbidden"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        column: ColumnElement[int] = model.id if inspect(model).mapper.class_ is User else model.user_id
        return column == actor.id

    def allows(self, actor: Actor, row: Any) -> bool:
        if actor.is_anonymous or row is None:
            return False
        if isinstance(row, User):
            return row.id == actor.id
        user = row.user_id or (row.user.id if row.user is not None else None)
        return bool(user == actor.id)


class _VerifiedUser(Rule):
    """Whoever has proven their e-mail address."""

    name = "verified user"
    refusal = "Please verify your Email"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return true() if self.allows(actor, None) else ~true()

    def allows(self, actor: Actor, row: Any) -> bool:
        return actor.user is not None and bool(actor.user.is_verified)


itself = _Itself()
itself_or_staff = itself | staff
verified = _VerifiedUser()


@named_permission("is_user_itself", itself.refusal)
def _is_user_itself(actor: Actor, user_id: int | str) -> bool:
    return actor.is_staff or str(actor.id) == str(user_id)
