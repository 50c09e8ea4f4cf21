"""Where events are held: the places most events name."""

from __future__ import annotations

from sqlalchemy import func, select

from app.events.models import Event, EventLocation
from app.events.slugs import slug_of
from app.extensions import db

MOST_SHOWN = 6


def most_used_locations() -> list[EventLocation]:
    """The six places that most published events are searched by, most used first; no rows of a table."""
    place = Event.searchable_location_name
    named = (
        select(place)
        .where(Event.state == "published", Event.privacy == "public", Event.deleted_at.is_(None), place != "")
        .group_by(place)
        .order_by(func.count().desc(), place)
        .limit(MOST_SHOWN)
    )
    names = filter(None, db.session.scalars(named))
    return [EventLocation(id=number, name=name, slug=slug_of(name)) for number, name in enumerate(names)]
