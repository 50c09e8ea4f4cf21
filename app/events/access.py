"""Who may what on an event and on the rows that belong to it, by the roles people hold.

A higher role has what a lower one has, and staff have everything. What hangs on an event is
hidden with it: to outsiders a draft, or a deleted event, has no rows at all.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, inspect, or_, select, true

from app.events import held
from app.events.models import Event
from app.extensions import db
from app.jsonapi.errors import NotFound
from app.jsonapi.lookup import is_number, matches
from app.jsonapi.permissions import Actor, Rule, named_permission

OWNER = ("owner",)
ORGANIZER = (*OWNER, "organizer")
TEAM = (*ORGANIZER, "coorganizer")
TRACKS = (*TEAM, "track_organizer")
MODERATION = (*TEAM, "moderator")
REGISTRATION = (*TEAM, "registrar")
MEMBERS = (*TEAM, "track_organizer", "moderator", "registrar")


@cache
def _held() -> Select[Any]:
    """What selects the roles of a user; asked in most requests, so it is made once."""
    roles = held.held_roles().c
    return select(roles.name, roles.event_id).where(roles.user_id == bindparam("user"))


class HeldRoles:
    """The events on which somebody holds each role."""

    def __init__(self, by_role: dict[str, set[int]]) -> None:
        self.by_role = by_role
        self._among: dict[tuple[str, ...], frozenset[int]] = {}

    def among(self, roles: tuple[str, ...]) -> frozenset[int]:
        """The ids of the events with one of these roles; put together once, because it is asked for every row."""
        if roles not in self._among:
            self._among[roles] = frozenset().union(*(self.by_role.get(role, ()) for role in roles))
        return self._among[roles]


def held_roles(actor: Actor) -> HeldRoles:
    """What the actor holds; one query per request."""

    def learn() -> HeldRoles:
        events: dict[str, set[int]] = defaultdict(set)
        if not actor.is_anonymous:
            for role, event_id in db.session.execute(_held(), {"user": actor.id}):
                events[role].add(event_id)
        return HeldRoles(events)

    return actor.remember("event roles", learn)


def forget_roles(actor: Actor) -> None:
    """Ask anew after roles were written in this request."""
    actor.forget("event roles")


def events_as(actor: Actor, roles: tuple[str, ...]) -> frozenset[int]:
    """The ids of the events on which the actor holds one of these roles."""
    return held_roles(actor).among(roles)


def event_id_of(row: Any) -> int | None:
    """The event a row belongs to; an event belongs to itself. Rows and models answer alike."""
    if isinstance(row, Event):
        return row.id
    event_id: int | None = getattr(row, "event_id", None)
    if event_id is None and not isinstance(row, type):
        event = getattr(row, "event", None)
        return event.id if event is not None else None
    return event_id


def unknown_event(row: Any) -> NotFound:
    """What outsiders who want to add to an event are told: the same as of an event that does not exist."""
    return NotFound(f"Event: {row.event.id} not found", parameter="event_id")


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
        return row.state == "published" or member.allows(actor, row)


class _ListedEvent(Rule):
    """Events that are public, or that the actor works on: the others are for those who were told of them."""

    name = "listed event"

    def admits(self, actor: Actor) -> bool:
        return True

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        if actor.is_staff:
            return true()
        public = model.privacy == "public"
        return public if actor.is_anonymous else or_(public, member.rows(actor, model))

    def allows(self, actor: Actor, row: Any) -> bool:
        return row.privacy == "public" or member.allows(actor, row)


class _OfReadableEvent(Rule):
    """Rows of an event that the actor may read."""

    name = "of readable event"

    def admits(self, actor: Actor) -> bool:
        return True

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        readable = and_(Event.deleted_at.is_(None), readable_event.rows(actor, Event))
        return _event_column(model).in_(select(Event.id).where(readable))

    def allows(self, actor: Actor, row: Any) -> bool:
        event = row.event
        return event is not None and event.deleted_at is None and readable_event.allows(actor, event)


class _OfListedEvent(Rule):
    """Rows of an event that the actor finds in lists."""

    name = "of listed event"

    def admits(self, actor: Actor) -> bool:
        return True

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return _event_column(model).in_(select(Event.id).where(listed_event.rows(actor, Event)))

    def allows(self, actor: Actor, row: Any) -> bool:
        return row.event is not None and listed_event.allows(actor, row.event)


readable_event = _ReadableEvent()
listed_event = _ListedEvent()
of_readable_event = _OfReadableEvent()
of_listed_event = _OfListedEvent()


def _numbered(event_id: int | str | None) -> int | None:
    """The id of the event that an id or an identifier means."""
    if event_id is None or is_number(event_id):
        return None if event_id is None else int(event_id)
    number: int | None = db.session.scalar(select(Event.id).where(matches(Event, event_id)))
    return number


def _permission(name: str, rule: EventRole) -> None:
    def ask(actor: Actor, event_id: int | str | None = None) -> bool:
        return actor.is_staff or _numbered(event_id) in events_as(actor, rule.roles)

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
def _is_coorganizer_but_not_admin(actor: Actor, event_id: int | str) -> bool:
    return _numbered(event_id) in events_as(actor, TEAM)
