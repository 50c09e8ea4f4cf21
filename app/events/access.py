"""Who may what on an event and on the rows that belong to it, by the roles people hold.

A higher role has what a lower one has, and staff have everything. What hangs on an event is
hidden with it: to outsiders a draft, or a deleted event, has no rows at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, inspect, or_, select, true

from app.events.models import Event, Role, UsersEventsRoles
from app.extensions import db
from app.jsonapi.permissions import Actor, Rule, named_permission

OWNER = ("owner",)
ORGANIZER = (*OWNER, "organizer")
TEAM = (*ORGANIZER, "coorganizer")
TRACKS = (*TEAM, "track_organizer")
MODERATION = (*TEAM, "moderator")
REGISTRATION = (*TEAM, "registrar")
MEMBERS = (*TEAM, "track_organizer", "moderator", "registrar")


def held_roles(actor: Actor) -> dict[str, frozenset[int]]:
    """The ids of the events on which the actor holds each role; one query per request."""

    def learn() -> dict[str, frozenset[int]]:
        if actor.is_anonymous:
            return {}
        held = select(Role.name, UsersEventsRoles.event_id).join(Role).where(UsersEventsRoles.user_id == actor.id)
        events: dict[str, set[int]] = defaultdict(set)
        for role, event_id in db.session.execute(held):
            events[role].add(event_id)
        return {role: frozenset(ids) for role, ids in events.items()}

    return actor.remember("event roles", learn)


def forget_roles(actor: Actor) -> None:
    """Ask anew after roles were written in this request."""
    actor.forget("event roles")


def events_as(actor: Actor, roles: Iterable[str]) -> frozenset[int]:
    """The ids of the events on which the actor holds one of these roles."""
    held = held_roles(actor)
    return frozenset().union(*(held.get(role, frozenset()) for role in roles))


def event_id_of(row: Any) -> int | None:
    """The event a row belongs to; an event belongs to itself. Rows and models answer alike."""
    if isinstance(row, Event):
        return row.id
    event_id: int | None = getattr(row, "event_id", None)
    if event_id is None and not isinstance(row, type):
        event = getattr(row, "event", None)
        return event.id if event is not None else None
    return event_id


def _event_column(model: Any) -> ColumnElement[int]:
    column: ColumnElement[int] = model.id if inspect(model).mapper.class_ is Event else model.event_id
    return column


class EventRole(Rule):
    """Staff, and whoever holds one of these roles on the row's event."""

    def __init__(self, name: str, roles: tuple[str, ...], refused: str) -> None:
        self.name, self.roles, self.refusal = name, roles, refused

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        if actor.is_staff:
            return true()
        return _event_column(model).in_(sorted(events_as(actor, self.roles)))

    def allows(self, actor: Actor, row: Any) -> bool:
        return actor.is_staff or (row is not None and event_id_of(row) in events_as(actor, self.roles))


owner = EventRole("owner", OWNER, "Owner access is required.")
organizer = EventRole("organizer", ORGANIZER, "Organizer access is required.")
coorganizer = EventRole("coorganizer", TEAM, "Co-organizer access is required.")
track_organizer = EventRole("track_organizer", TRACKS, "Track-organizer access is required.")
moderator = EventRole("moderator", MODERATION, "Moderator access is required.")
registrar = EventRole("registrar", REGISTRATION, "Registrar access is required.")
member = EventRole("member", MEMBERS, "Event access is required.")


class _ReadableEvent(Rule):
    """Events that are published, or that the actor works on."""

    name = "readable event"

    def admits(self, actor: Actor) -> bool:
        return True

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        if actor.is_staff:
            return true()
        published = model.state == "published"
        return published if actor.is_anonymous else or_(published, member.rows(actor, model))

    def allows(self, actor: Actor, row: Any) -> bool:
        return (row.state == "published" and row.deleted_at is None) or member.allows(actor, row)


class _OfReadableEvent(Rule):
    """Rows of an event that the actor may read."""

    name = "of readable event"

    def admits(self, actor: Actor) -> bool:
        return True

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        readable = and_(Event.deleted_at.is_(None), readable_event.rows(actor, Event))
        return _event_column(model).in_(select(Event.id).where(readable))

    def allows(self, actor: Actor, row: Any) -> bool:
        return row.event is not None and readable_event.allows(actor, row.event)


readable_event = _ReadableEvent()
of_readable_event = _OfReadableEvent()


def _permission(name: str, rule: EventRole) -> None:
    def ask(actor: Actor, event_id: int | str | None = None) -> bool:
        return actor.is_staff or (event_id is not None and int(event_id) in events_as(actor, rule.roles))

    named_permission(name, rule.refusal)(ask)


for _name, _rule in {
    "is_owner": owner,
    "is_organizer": organizer,
    "is_coorganizer": coorganizer,
    "is_track_organizer": track_organizer,
    "is_moderator": moderator,
    "is_registrar": registrar,
}.items():
    _permission(_name, _rule)


@named_permission("is_coorganizer_but_not_admin", coorganizer.refusal)
def _is_coorganizer_but_not_admin(actor: Actor, event_id: int) -> bool:
    return event_id in events_as(actor, TEAM)

