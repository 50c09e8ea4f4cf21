"""The rules of groups: made, changed and deleted, linked with events, and followed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from app.events.access import forget_roles, owner
from app.events.invites.inviting import withdraw_offers
from app.events.models import Event, Role
from app.events.services import check_writes
from app.events.team import when_owner_changes
from app.extensions import db
from app.groups.access import forget_group_roles, manager_of_group
from app.groups.models import Group, UsersGroupsRoles
from app.jsonapi import Actor, Given, leave_deleting
from app.jsonapi.errors import Conflict, Forbidden, explains
from app.users.models import User
from app.users.services import add_obstacle

NOT_YOURS = "Event owner access required"

# Groups


def prepare_group(group: Group, given: Given, *, actor: Actor) -> None:
    """Check what a new group is made of; it is the actor's."""
    given.pop("deleted_at", None)
    events = given.get("events", ())
    _hold(Event.id.in_([event.id for event in events]))
    _check_owned(events, actor=actor)
    group.user = actor.user


def settle_group(group: Group, given: Given, *, actor: Actor) -> None:
    """What follows from a new group: the actor owns it, and its events know it."""
    give_owner(group)
    forget_group_roles(actor)
    if "events" in given:
        link_events(group, given["events"], actor=actor)


def give_owner(group: Group) -> None:
    """Let whoever made the group hold the owner's role in it."""
    role_id = db.session.scalars(select(Role.id).where(Role.name == "owner")).one()
    owned = {"group_id": group.id, "user_id": group.user.id, "email": group.user.email, "role_id": role_id}
    db.session.add(UsersGroupsRoles(accepted=True, **owned))
    db.session.flush()


def check_group_change(group: Group, changes: Given, *, actor: Actor) -> None:
    """Refuse events that are not the actor's to bring; those that are in the group stay there whosever they are."""
    leave_deleting(changes)
    if "events" in changes:
        # Those that come and those that go at one go: others who move some of them wait instead of standing in each
        # other's way.
        coming = [event.id for event in changes["events"]]
        _hold(or_(Event.group_id == group.id, Event.id.in_(coming)))
        db.session.expire(group, ["events"])  # Some may have been taken out of it meanwhile.
        there = {event.id for event in group.events}
        _check_owned([event for event in changes["events"] if event.id not in there], actor=actor)


def _check_owned(events: Iterable[Event], *, actor: Actor) -> None:
    """Refuse events of others; each is held by the caller, so that whose it is does not change meanwhile."""
    forget_roles(actor)
    if not all(owner.allows(actor, event) for event in events):
        raise Forbidden(NOT_YOURS, pointer="/data/relationships/events")


def link_events(group: Group, events: Iterable[Event], *, actor: Actor) -> None:
    """Make these the events of the group; those that come or go can be announced anew.

    Deleted events, which nobody saw, stay where they are.
    """
    wanted = [event.id for event in events]
    _move(None, Event.group_id == group.id, Event.id.not_in(wanted), Event.deleted_at.is_(None))
    _move(group.id, Event.id.in_(wanted), Event.group_id.is_distinct_from(group.id))
    db.session.expire(group, ["events"])
    forget_roles(actor)


def release_events(group: Group) -> None:
    """Leave the events of a group without it."""
    _move(None, Event.group_id == group.id)


def _move(group_id: int | None, *which: ColumnElement[bool]) -> None:
    """Link these events with this group; what who owned them by the group they leave has offered is void."""
    withdraw_offers(_link(group_id, *which))


def _link(group_id: int | None, *which: ColumnElement[bool]) -> Sequence[int]:
    """Link these events, held in one order whoever moves them, with this group; their ids."""
    ids = _hold(*which)
    if ids:
        moved = update(Event).where(Event.id.in_(ids)).values(group_id=group_id, is_announced=False)
        db.session.execute(moved.execution_options(synchronize_session=False))
    for event in db.session.identity_map.values():
        if isinstance(event, Event) and event.id in ids:
            db.session.expire(event)
    return ids


def _hold(*which: ColumnElement[bool]) -> Sequence[int]:
    """Let one transaction at a time decide whose these events are and which group has them; their ids."""
    held = select(Event.id).where(*which).order_by(Event.id).with_for_update(key_share=True)
    return db.session.scalars(held).all()


@when_owner_changes
def _leave_group(event: Event) -> None:
    """Those who run the group work on its events because the former owner wanted it; the new one decides anew."""
    _link(None, Event.id == event.id, Event.group_id.is_not(None))


@check_writes
def _check_group_of_event(event: Event, given: Given, actor: Actor) -> None:
    """An event's owner may take it out of any group, and into those they run."""
    if "group" not in given:
        return
    group = given["group"]
    if event.id is not None:
        forget_roles(actor)  # The event is held: asked anew, they are what somebody else may just have made of them.
        if not owner.allows(actor, event):
            raise Forbidden(NOT_YOURS, pointer="/data/relationships/group")
        given["is_announced"] = False
        withdraw_offers([event.id])
    if group is not None and not manager_of_group.allows(actor, group):
        source = {"pointer": "/data/relationships/group", "source": "user_id"}
        raise Forbidden(manager_of_group.refusal, source=source)


@add_obstacle
def _owns_group(user: User) -> str | None:
    """A group is not left without its owner."""
    owned = select(Group.id).where(Group.user_id == user.id, Group.deleted_at.is_(None)).limit(1)
    return "Users associated with groups cannot be deleted" if db.session.scalar(owned) else None


@explains("uq_user_follow_groups_user_id_group_id")
def _followed(_: Any) -> Conflict:
    return Conflict("Group already followed", pointer="/data/relationships/group")
