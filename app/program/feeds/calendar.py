"""A feed as the components of a calendar: one for the event, one for each session.

Nothing in it depends on when it is made, so that the same content is the same calendar: `DTSTAMP` is when what is told
was last changed.
"""

from __future__ import annotations

from datetime import datetime

from app.program.feeds.components import Component, Property, text, zoned
from app.program.feeds.content import Feed, FeedEvent, FeedSession, clean, local, one_line, paragraphs, uid
from app.program.feeds.zones import vtimezone

PRODUCT = "-//Open Event//Open Event Server//EN"
ASKED_AGAIN_AFTER = "PT1H"
# The greatest integer iCalendar has. Versions of rows pass it after two thousand million writes; from then on
# LAST-MODIFIED alone tells the newer of two copies.
GREATEST = 2**31 - 1
# Whether a session takes place is the organizer's decision; a speaker who has not confirmed does not make it tentative.
STATUSES = {"confirmed": "CONFIRMED", "accepted": "CONFIRMED", "canceled": "CANCELLED"}


def calendar_of(feed: Feed) -> Component:
    """The VCALENDAR of a feed, with the VTIMEZONE its times need."""
    event = feed.event
    name = one_line(event.name)
    properties = (
        *text("version", "2.0"),
        *text("prodid", PRODUCT),
        *text("calscale", "GREGORIAN"),
        *text("method", "PUBLISH"),
        *text("name", name),
        *text("x-wr-calname", name),
        *text("x-wr-timezone", event.zone.key),
        *text("x-published-ttl", ASKED_AGAIN_AFTER),
    )
    entries = (_event(event), *(_session(event, session) for session in feed.sessions))
    return Component("vcalendar", properties, (*_zones(feed), *entries))


def _zones(feed: Feed) -> list[Component]:
    event = feed.event
    moments = [event.starts_at, event.ends_at]
    for session in feed.sessions:
        moments += [session.starts_at, session.ends_at]
    years = {moment.year for moment in moments if moment is not None and 1 < moment.year < 9999}
    return [vtimezone(event.zone, years)] if years and event.zone.key != "UTC" else []


def _event(event: FeedEvent) -> Component:
    properties = (
        *text("uid", uid(event)),
        *_history(event.sequence, event.created_at, event.created_at),
        *_times(event, event.starts_at, event.ends_at),
        *text("summary", clean(event.name)),
        *text("description", clean(event.description)),
        *text("location", clean(event.location)),
        *_position(event),
        *text("status", "CONFIRMED"),
        _organizer(event),
        Property("url", "uri", (event.url,)),
    )
    return Component("vevent", properties)


def _session(event: FeedEvent, session: FeedSession) -> Component:
    labels = [label for label in (session.track and session.track.name, session.kind) if label]
    properties = (
        *text("uid", uid(event, session)),
        *_history(session.sequence, session.created_at, session.modified_at),
        Property("last-modified", "date-time", (session.modified_at,)),
        *_times(event, session.starts_at, session.ends_at),
        *text("summary", clean(session.title)),
        *text("description", clean(_told(session))),
        *text("location", _place(event, session)),
        *_position(event),
        *text("categories", *(one_line(label) for label in labels)),
        *text("status", STATUSES.get(session.state, "TENTATIVE")),
        _organizer(event),
        Property("url", "uri", (session.url,)),
    )
    return Component("vevent", properties)


def _history(sequence: int, created_at: datetime, modified_at: datetime) -> tuple[Property, ...]:
    return (
        Property("dtstamp", "date-time", (modified_at,)),
        Property("created", "date-time", (created_at,)),
        Property("sequence", "integer", (min(sequence, GREATEST),)),
    )


def _times(event: FeedEvent, starts_at: datetime | None, ends_at: datetime | None) -> list[Property]:
    given = {"dtstart": starts_at, "dtend": ends_at if starts_at else None}
    return [zoned(name, local(moment, event.zone)) for name, moment in given.items() if moment is not None]


def _told(session: FeedSession) -> str:
    """Who speaks, then what about; published entries have no member for speakers."""
    names = ", ".join(one_line(person.name) for person in session.speakers)
    return paragraphs(names, session.subtitle, session.abstract, session.description)


def _place(event: FeedEvent, session: FeedSession) -> str:
    room = one_line(session.room.name) if session.room else ""
    return ", ".join(place for place in (room, clean(event.location)) if place)


def _position(event: FeedEvent) -> list[Property]:
    latitude, longitude = event.latitude, event.longitude
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return []
    return [Property("geo", "geo", ((latitude, longitude),))]


def _organizer(event: FeedEvent) -> Property:
    """Whoever publishes, which RFC 5546 demands, by the event's page: an e-mail address is nobody else's business."""
    # Some readers take a backslash in a parameter for an escape, and lose the address behind it.
    name = one_line(event.organizer or event.name).replace("\\", "/")
    return Property("organizer", "cal-address", (event.url,), {"cn": name})
