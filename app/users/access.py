"""Who may what on accounts, and who is behind a request."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, inspect, or_, true

from app.jsonapi.permissions import Actor, Rule, named_permission, staff
from app.users.models import User


class _Itself(Rule):
    """The user a row is, or belongs to."""

    name = "user itself"
    refusal = "Access Forbidden"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        if actor.is_anonymous:  # Nobody is not the user of rows without one.
            return false()
        column: ColumnElement[int] = model.id if inspect(model).mapper.class_ is User else model.user_id
        return column == actor.id

    def allows(self, actor: Actor, row: Any) -> bool:
        if actor.is_anonymous or row is None:
            return False
        if isinstance(row, User):
            return row.id == actor.id
        user = row.user_id or (row.user.id if row.user is not None else None)
        return bool(user == actor.id)


class _Keeper(Rule):
    """Staff, for every account but those of super admins, which only super admins keep.

    An admin who could change the address of a super admin could take the account over.
    """

    name = "keeper of the account"
    refusal = "You are not authorized to update this information."

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        if actor.is_super_admin:
            return true()
        return and_(staff.rows(actor, model), model.is_super_admin.is_(False))

    def allows(self, actor: Actor, row: Any) -> bool:
        return actor.is_super_admin or (actor.is_staff and row is not None and not row.is_super_admin)


class _NewAccount(Rule):
    """An account that is being made."""

    name = "new account"

    def admits(self, actor: Actor) -> bool:
        return True

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        column: ColumnElement[int] = model.id
        return column.is_(None)

    def allows(self, actor: Actor, row: Any) -> bool:
        return row is not None and row.id is None


class _EmailReader(Rule):
    """Who sees a user's e-mail address: the user, staff, and whom domains above add, such as the team of an event."""

    name = "reader of the e-mail address"
    refusal = "Access Forbidden"

    def __init__(self) -> None:
        self._rules: list[Rule] = [itself, staff]

    def add(self, rule: Rule) -> None:
        """Let whoever passes this rule about a user see the address too."""
        self._rules.append(rule)

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return or_(*(rule.rows(actor, model) for rule in self._rules))

    def allows(self, actor: Actor, row: Any) -> bool:
        return any(rule.allows(actor, row) for rule in self._rules)


def is_verified(actor: Actor) -> bool:
    """Whether the actor has proven to own their e-mail address."""
    return actor.user is not None and bool(actor.user.is_verified)


def proven_address(actor: Actor) -> str | None:
    """The actor's e-mail address in lower case, once they have proven that it is theirs."""
    return actor.user.email.lower() if is_verified(actor) else None


itself = _Itself()
itself_or_staff = itself | staff
new_account = _NewAccount()
keeper = _Keeper() | itself
email_reader = _EmailReader()


@named_permission("is_user_itself", itself.refusal)
def _is_user_itself(actor: Actor, user_id: int | str) -> bool:
    return actor.is_staff or str(actor.id) == str(user_id)
