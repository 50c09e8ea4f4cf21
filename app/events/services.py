"""The rules of events: made, published, changed and deleted."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from app.events.models import Event, UserFavouriteEvent
from app.events.team import make_owner
from app.extensions import db
from app.jsonapi import Actor, Given, Merged
from app.jsonapi.errors import Conflict, Forbidden, Invalid, UnprocessableEntity, explains
from app.jsonapi.lookup import matches
from app.site.services import is_permitted, require_module

LONGEST = timedelta(days=20)
# Attributes that need a module when they are switched on.
MODULE_OF = {
    "can_pay_by_paypal": "payment",
    "can_pay_by_stripe": "payment",
    "can_pay_by_cheque": "payment",
    "can_pay_by_bank": "payment",
    "can_pay_by_invoice": "payment",
    "can_pay_onsite": "payment",
    "can_pay_by_omise": "payment",
    "can_pay_by_alipay": "payment",
    "can_pay_by_paytm": "payment",
    "is_donation_enabled": "donation",
}
UNVERIFIED = "Please verify your Email"

Obstacle = Callable[[Event], str | None]
Listener = Callable[[Event], None]
Check = Callable[[Event, Given, Actor], None]
_obstacles: list[Obstacle] = []
_listeners: list[Listener] = []
_furnishers: list[Listener] = []
_checks: list[Check] = []


def add_obstacle(check: Obstacle) -> Obstacle:
    """Let a domain above keep events from being deleted: its check tells why one cannot be, or gives None.

    Super admins delete events in spite of every obstacle.
    """
    _obstacles.append(check)
    return check


def when_created(listener: Listener) -> Listener:
    """Let others add what follows from a new event, copies too; the event is stored and has its owner by then."""
    _listeners.append(listener)
    return listener


def furnishes(furnisher: Listener) -> Listener:
    """Let a domain above give new events what it has ready for them; copies have what their source has instead."""
    _furnishers.append(furnisher)
    return furnisher


def check_writes(check: Check) -> Check:
    """Let a domain above refuse or complete what an event is given: new events all of it, others what differs."""
    _checks.append(check)
    return check


# New events


def prepare_event(event: Event, given: Given, *, actor: Actor) -> None:
    """Check what a new event is made of, and give it its identifier."""
    given.pop("deleted_at", None)
    given["state"] = given.get("state") or "draft"
    value = Merged(given)
    _check_publishing(given, value, actor=actor)
    if given["state"] == "published" or (value["starts_at"] and value["ends_at"]):
        _check_dates(value, length=given["state"] == "published")
    _check_documents(value)
    for check in _checks:
        check(event, given, actor)
    given["identifier"] = free_identifier()
    if not given.get("original_image_url") and event.event_topic is not None:
        given["original_image_url"] = event.event_topic.system_image_url


def settle_event(event: Event, *, actor: Actor) -> None:
    """What follows from a new event: what follows from a copy, and what others have ready for it."""
    settle_copy(event, actor=actor)
    for furnish in _furnishers:
        furnish(event)
    db.session.flush()


def settle_copy(event: Event, *, actor: Actor) -> None:
    """What follows from an event, whichever way it was made: the actor owns it, and others add what belongs to that."""
    make_owner(event, actor=actor)
    for listener in _listeners:
        listener(event)
    db.session.flush()


def free_identifier() -> str:
    """An identifier that no event has."""
    while not is_free_identifier(identifier := secrets.token_hex(4)):
        continue
    return identifier


def is_free_identifier(identifier: str) -> bool:
    """Whether an event can be named so: no other one is, and it cannot be taken for an id."""
    taken = select(exists().where(Event.identifier == identifier))
    return not identifier.isdecimal() and not db.session.scalar(taken)


# Changes


def check_event_change(event: Event, changes: Given, *, actor: Actor) -> None:
    """Refuse a change that the actor may not make, or that would leave an event that may not be."""
    if not is_permitted("create_event", actor):
        raise Forbidden(UNVERIFIED)
    value = Merged(changes, event)
    _check_publishing(changes, value, actor=actor)
    if changes.get("deleted_at") is not None:
        check_deletion(event, actor=actor)
    restored = "deleted_at" in changes and changes["deleted_at"] is None
    if changes.keys() & {"starts_at", "ends_at"} or changes.get("state") == "published" or restored:
        _check_dates(value)
    if changes.keys() & {"is_document_enabled", "document_links"}:
        _check_documents(value)
    for check in _checks:
        check(event, changes, actor)


def check_deletion(event: Event, *, actor: Actor) -> None:
    """Refuse to delete an event that something still depends on."""
    if actor.is_super_admin:
        return
    for obstacle in _obstacles:
        reason = obstacle(event)
        if reason is not None:
            raise Forbidden(reason, pointer="/data")


# What both have to obey


def _check_publishing(changes: Given, value: Merged, *, actor: Actor) -> None:
    for name, module in MODULE_OF.items():
        if changes.get(name):
            require_module(module, actor=actor, pointer=f"/data/attributes/{name.replace('_', '-')}")
    if changes.get("state") == "published" and not is_permitted("publish_event", actor):
        raise Forbidden("Only verified accounts can publish events")
    if value["state"] == "published" and not (value["name"] or "").strip():
        raise Conflict("Event Name is required to publish the event", pointer="/data/attributes/name")
    if value["name"] is None:
        raise Invalid.attribute("name", "Missing data for required field.")


def _check_dates(value: Merged, *, length: bool = True) -> None:
    starts_at, ends_at = value["starts_at"], value["ends_at"]
    if starts_at is None or ends_at is None:
        raise UnprocessableEntity("enter required fields starts-at/ends-at", pointer="/data/attributes/date")
    if ends_at <= starts_at:
        raise UnprocessableEntity("ends-at should be after starts-at", pointer="/data/attributes/ends-at")
    if length and _on_the_clock(starts_at, ends_at, ZoneInfo(value["timezone"])) > LONGEST:
        raise UnprocessableEntity(
            f"Event duration can not be more than {LONGEST.days} days", pointer="/data/attributes/ends-at"
        )


def _on_the_clock(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> timedelta:
    """How long it takes by the clock on the wall of the event, which summer time may have set meanwhile."""
    try:
        return ends_at.astimezone(zone).replace(tzinfo=None) - starts_at.astimezone(zone).replace(tzinfo=None)
    except OverflowError:  # The calendar's first and last day have no neighbours.
        return ends_at - starts_at


def _check_documents(value: Merged) -> None:
    links: Any = value["document_links"]
    if not value["is_document_enabled"] or links is None:
        return
    if not isinstance(links, list) or not all(_is_document(link) for link in links):
        raise UnprocessableEntity("Enter required fields link and name", pointer="/")


def _is_document(link: Any) -> bool:
    return isinstance(link, dict) and all(isinstance(link.get(key), str) and link[key] for key in ("name", "link"))


def mark_of(event_reference: object, *, actor: Actor) -> int | None:
    """The id of the actor's mark of the event that this id or identifier means."""
    mine = select(UserFavouriteEvent.id).join(Event, Event.id == UserFavouriteEvent.event_id)
    mine = mine.where(UserFavouriteEvent.user_id == actor.id, UserFavouriteEvent.deleted_at.is_(None))
    found: int | None = db.session.scalar(mine.where(matches(Event, event_reference)))
    return found


@explains("uq_user_favourite_events_user_id_event_id")
def _event_marked(_: Any) -> Conflict:
    return Conflict("Event already favourited", pointer="/data/relationships/event")
