"""Who works on an event: the roles people hold, who may give and take them, and what follows for their accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, delete, false, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from app.events.access import TEAM, events_as, forget_roles
from app.events.models import EVENT_ROLES, Event, Role, UsersEventsRoles
from app.extensions import db
from app.jsonapi import Actor, Rule
from app.jsonapi.errors import Conflict, Forbidden, UnprocessableEntity, explains
from app.users.access import email_reader
from app.users.models import User
from app.users.roles import count_roles
from app.users.services import add_obstacle

# From the lowest rank to the highest; roles that are not here rank below all of these.
RANKS = ("coorganizer", "organizer", "owner")
# Names that the rules of access are written in.
FIXED_ROLES = (*EVENT_ROLES, "attendee")
OWNER_STAYS = "You cannot remove the owner of the event."
OWNER_SOURCE = {"pointer": "/data/relationships/role", "source": "Role"}


OwnerListener = Callable[[Event], None]
RoleListener = Callable[[UsersEventsRoles], None]
_owner_listeners: list[OwnerListener] = []
_role_listeners: list[RoleListener] = []


def when_owner_changes(listener: OwnerListener) -> OwnerListener:
    """Let others undo what the former owner of an event has decided for it; the new one owns it by then."""
    _owner_listeners.append(listener)
    return listener


def when_role_ends(listener: RoleListener) -> RoleListener:
    """Let others forget how somebody came to a role that is taken from them; it is still held by then."""
    _role_listeners.append(listener)
    return listener


# One owner, always: a second one is refused by an index, an event without one by a trigger when the transaction ends.


def hold_event(event_id: int) -> None:
    """Let one transaction at a time decide who works on an event."""
    db.session.execute(select(Event.id).where(Event.id == event_id).with_for_update(key_share=True))


def make_owner(event: Event, *, actor: Actor) -> None:
    """Let the actor own an event that has no owner yet."""
    give_role(actor.user.id, event.id, "owner")
    forget_roles(actor)


def give_role(user_id: int, event_id: int, role: str) -> None:
    """Let the user hold the role of this name on the event, if they do not yet."""
    role_id = select(Role.id).where(Role.name == role).scalar_subquery()
    given = insert(UsersEventsRoles).values(user_id=user_id, event_id=event_id, role_id=role_id)
    db.session.execute(given.on_conflict_do_nothing(index_elements=["user_id", "event_id", "role_id"]))


def hand_over(event: Event, user: User) -> None:
    """Let the user own the event, and whoever owned it be an organizer; the event is held by the caller."""
    owned = UsersEventsRoles.event_id == event.id, UsersEventsRoles.is_owner
    former = db.session.scalar(select(UsersEventsRoles.user_id).where(*owned))
    if former == user.id:
        return
    db.session.execute(delete(UsersEventsRoles).where(*owned))
    if former is not None:
        give_role(former, event.id, "organizer")
    give_role(user.id, event.id, "owner")
    for listener in _owner_listeners:
        listener(event)


@explains("uq_users_events_roles_owner")
def _owned_already(_: Any) -> Conflict:
    return Conflict("The event has an owner already.", pointer="/data/relationships/role")


@explains("uq_users_events_roles_user_id_event_id_role_id")
def _held_already(_: Any) -> Conflict:
    return Conflict("The user holds this role on the event already.", pointer="/data/relationships/role")


@explains("events_keep_their_owner")
def _owner_needed(_: Any) -> Forbidden:
    return Forbidden(OWNER_STAYS, source=OWNER_SOURCE)


# What people hold


def check_grant(held: UsersEventsRoles, role: Role, *, actor: Actor) -> None:
    """Refuse to replace the role somebody holds by one that is above the actor's own, or that is the owner's."""
    _check_not_owner(held)
    if role.name == "owner":
        raise Forbidden("The role of the owner cannot be given.", pointer="/data/relationships/role")
    if not actor.is_staff and _rank(role.name) > _rank_of(actor, held.event_id):
        raise Forbidden("You cannot give a role above your own.", pointer="/data/relationships/role")


def check_removal(held: UsersEventsRoles) -> None:
    """Refuse to leave an event without its owner."""
    _check_not_owner(held)


def _check_not_owner(held: UsersEventsRoles) -> None:
    if held.role.name == "owner":
        raise Forbidden(OWNER_STAYS, source=OWNER_SOURCE)


def end_role(held: UsersEventsRoles) -> None:
    """What follows when a role is taken from somebody, or given up, or replaced by another."""
    for listener in _role_listeners:
        listener(held)


def _rank(role: str) -> int:
    return RANKS.index(role) if role in RANKS else -1


def _rank_of(actor: Actor, event_id: int) -> int:
    return max((_rank(role) for role in RANKS if event_id in events_as(actor, (role,))), default=-1)


def check_role_name(role: Role, name: str) -> None:
    """Refuse to rename a role that access depends on, or to give another role such a name."""
    if role.name in FIXED_ROLES or name in FIXED_ROLES:
        raise UnprocessableEntity("The given name cannot be updated", pointer="/data/attributes/name")


def check_role_deletion(role: Role) -> None:
    """Refuse to delete a role that access depends on."""
    if role.name in FIXED_ROLES:
        raise UnprocessableEntity("The resource with given name cannot be deleted", pointer="/data/attributes/name")


class _Teammate(Rule):
    """Users who hold any role on an event whose team the actor belongs to."""

    name = "teammate"
    refusal = "Access Forbidden"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        events = events_as(actor, TEAM)
        held = aliased(UsersEventsRoles)
        mates = select(held.user_id).where(held.event_id.in_(sorted(events)))
        return model.id.in_(mates) if events else false()

    def allows(self, actor: Actor, row: Any) -> bool:
        return row is not None and row.id in actor.remember("teammates", lambda: self._learn(actor))

    @staticmethod
    def _learn(actor: Actor) -> frozenset[int]:
        """The ids of all teammates: one query, however many users an answer shows."""
        events = events_as(actor, TEAM)
        held = select(UsersEventsRoles.user_id).where(UsersEventsRoles.event_id.in_(sorted(events)))
        return frozenset(db.session.scalars(held)) if events else frozenset()


teammate = _Teammate()
# Those who run an event have to reach those who work on it.
email_reader.add(teammate)

_live_roles: Any = (
    select(UsersEventsRoles.user_id, Role.name)
    .join(Role, Role.id == UsersEventsRoles.role_id)
    .join(Event, Event.id == UsersEventsRoles.event_id)
    .where(Event.deleted_at.is_(None))
)
count_roles(_live_roles)


@add_obstacle
def _works_on_event(user: User) -> str | None:
    """Whoever holds a role on an event that still exists is needed there."""
    held = _live_roles.where(UsersEventsRoles.user_id == user.id).limit(1)
    return "Users associated with events cannot be deleted" if db.session.execute(held).first() else None
