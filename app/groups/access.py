"""Who may what on groups and on what hangs on them, by the roles people have accepted there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, bindparam, inspect, select, true

from app.extensions import db
from app.groups.models import Group, UsersGroupsRoles, roles_in_groups
from app.jsonapi import Actor, ActorRule, Rule, staff
from app.users.access import is_verified, itself
from app.users.roles import count_roles

OWNER = ("owner",)
MANAGERS = (*OWNER, "organizer")

_HELD = roles_in_groups().where(UsersGroupsRoles.user_id == bindparam("user"))
_in_groups = roles_in_groups().subquery().c
count_roles(select(_in_groups.user_id, _in_groups.name))


def groups_as(actor: Actor, roles: tuple[str, ...]) -> frozenset[int]:
    """The ids of the groups in which the actor holds one of these roles; one query per request."""
    held = actor.remember("group roles", lambda: _learn(actor))
    return frozenset().union(*(held.get(role, ()) for role in roles))


def forget_group_roles(actor: Actor) -> None:
    """Ask anew after roles were written in this request."""
    actor.forget("group roles")


def _learn(actor: Actor) -> Mapping[str, set[int]]:
    groups: dict[str, set[int]] = defaultdict(set)
    if not actor.is_anonymous:
        for _, group_id, role in db.session.execute(_HELD, {"user": actor.id}):
            groups[role].add(group_id)
    return groups


def group_id_of(row: Any) -> int | None:
    """The group a row belongs to; a group belongs to itself. New rows have it by their relationship alone."""
    if isinstance(row, Group):
        return row.id
    if row.group_id is None and row.group is not None:
        return int(row.group.id)
    group_id: int | None = row.group_id
    return group_id


class GroupRole(Rule):
    """Staff, and whoever holds one of these roles in the row's group."""

    def __init__(self, name: str, roles: tuple[str, ...], refused: str, source: dict[str, Any] | None = None) -> None:
        self.name, self.roles, self.refusal, self.source = name, roles, refused, source

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        if actor.is_staff:
            return true()
        column: ColumnElement[int] = model.id if inspect(model).mapper.class_ is Group else model.group_id
        return column.in_(sorted(groups_as(actor, self.roles)))

    def allows(self, actor: Actor, row: Any) -> bool:
        return actor.is_staff or (row is not None and group_id_of(row) in groups_as(actor, self.roles))


class _OfLiveGroup(Rule):
    """Rows of groups that are not deleted."""

    name = "of live group"

    def admits(self, actor: Actor) -> bool:
        return True

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        criterion: ColumnElement[bool] = model.group_id.in_(select(Group.id).where(Group.deleted_at.is_(None)))
        return criterion

    def allows(self, actor: Actor, row: Any) -> bool:
        return row.group is not None and row.group.deleted_at is None


class _Follower(Rule):
    """The user whose page it is, and staff: what somebody follows is nobody else's business."""

    name = "follower or admin"
    refusal = itself.refusal
    source = {"parameter": "user_id"}

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return (itself | staff).rows(actor, model)

    def allows(self, actor: Actor, row: Any) -> bool:
        return actor.is_staff or itself.allows(actor, row)


founder = ActorRule("verified user", is_verified, "Access Forbidden")
owner_of_group = GroupRole("group owner", OWNER, "Owner access is required.", {"pointer": "/data/relationships/group"})
manager_of_group = GroupRole(
    "group owner or organizer",
    MANAGERS,
    "Group owner or organizer access required",
    {"pointer": "/data", "source": "user_id"},
)
of_live_group = _OfLiveGroup()
follower_or_staff = _Follower()
