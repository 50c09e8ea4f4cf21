"""Announcing an event to those who follow its group: once, and never after it has begun to be over."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from app.events.models import Event
from app.extensions import db
from app.groups.mails import announce_to_followers
from app.groups.models import Group
from app.jobs import defer
from app.jsonapi import Actor
from app.jsonapi.errors import Forbidden


def announce(group: Group, event: Event, *, actor: Actor) -> None:
    """Have every follower of the group mailed about the event, by a job; raises Forbidden with what stands against it.

    The event is held meanwhile, so that of two who announce it at one time the second finds it announced.
    """
    held = select(Event).where(Event.id == event.id).with_for_update(key_share=True)
    db.session.scalars(held.execution_options(populate_existing=True)).one()
    _check(group, event, actor)
    event.is_announced = True
    db.session.flush()
    # The version tells this announcement from one made after the event was in another group.
    defer(announce_to_followers, group_id=group.id, event_id=event.id, occasion=event.version, after=0)


def _check(group: Group, event: Event, actor: Actor) -> None:
    if event.group_id != group.id:
        raise Forbidden("Event does not belong to the group", parameter="event_id")
    if group.user_id != actor.id:
        raise Forbidden("Group owner access required", parameter="group_id")
    if event.is_announced:
        raise Forbidden("Event has already been announced", parameter="event_id")
    if not is_upcoming(event):
        raise Forbidden("Only upcoming and published events can be announced", parameter="event_id")


def is_upcoming(event: Event) -> bool:
    """Whether the event is published and not over."""
    return event.state == "published" and event.ends_at is not None and event.ends_at > datetime.now(UTC)
