"""Which events are shown as upcoming: public ones ahead that staff promote, or that are ready for visitors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, or_

from app.events.models import Event

Requirement = Callable[[datetime], ColumnElement[bool]]
_requirements: list[Requirement] = []


def require_of_upcoming(requirement: Requirement) -> Requirement:
    """Let a domain above require more of events that nobody promotes, such as a ticket on sale.

    The requirement makes a criterion on `Event` for the moment it is given.
    """
    _requirements.append(requirement)
    return requirement


def is_upcoming(now: datetime | None = None) -> ColumnElement[bool]:
    """The criterion for upcoming events."""
    now = now or datetime.now(UTC)
    ahead = and_(Event.starts_at > now, Event.ends_at > now)
    shown = and_(Event.state == "published", Event.privacy == "public")
    return and_(shown, ahead, or_(Event.is_promoted, _is_ready(now)))


def _is_ready(now: datetime) -> ColumnElement[bool]:
    present = (
        Event.original_image_url,
        Event.logo_url,
        Event.event_type_id,
        Event.event_topic_id,
        Event.event_sub_topic_id,
    )
    required = (requirement(now) for requirement in _requirements)
    return and_(Event.is_demoted.is_(False), *(column.is_not(None) for column in present), *required)
