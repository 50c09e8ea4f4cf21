"""Writes schedules as XML in the format Pentabarf began and frab, pretalx and schedule apps speak.

Its public description is the schema `docs/formats/schedule.xsd`, which every document made here obeys.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from math import gcd
from xml.etree.ElementTree import Element, SubElement

from app.program.feeds.content import (
    Feed,
    FeedEvent,
    FeedSession,
    Link,
    Room,
    Track,
    address,
    guid,
    local,
    one_line,
    uid,
)
from app.program.feeds.markup import add, document
from config import VERSION

MEDIA_TYPE = "application/xml"
USUAL_SLOT = 15  # Minutes, where no session tells another.
NOWHERE = Room(0, "")
_MINUTE = timedelta(minutes=1)
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")


def write_pentabarf(feed: Feed) -> bytes:
    """The feed as an `application/xml` document in UTF-8: days of the event that have sessions, with rooms."""
    days = _days(feed)
    root = Element("schedule")
    add(root, "generator", name="open-event-server", version=VERSION)
    add(root, "version", str(max([feed.event.sequence, *(session.sequence for session in feed.sessions)])))
    _add_conference(root, feed, len(days))
    for index, (day, sessions) in enumerate(sorted(days.items()), start=1):
        _add_day(root, feed.event, index, day, sessions)
    return document(root)


def _days(feed: Feed) -> dict[date, list[FeedSession]]:
    days: dict[date, list[FeedSession]] = defaultdict(list)
    for session in feed.sessions:
        days[local(session.starts_at, feed.event.zone).date()].append(session)
    return days


def _add_conference(root: Element, feed: Feed, days: int) -> None:
    event = feed.event
    made = SubElement(root, "conference")
    add(made, "acronym", event.identifier)
    add(made, "title", one_line(event.name))
    for name, moment in {"start": event.starts_at, "end": event.ends_at}.items():
        if moment is not None:
            add(made, name, local(moment, event.zone).isoformat(timespec="seconds"))
    add(made, "days", str(days))
    add(made, "timeslot_duration", _duration(_slot(feed) * _MINUTE))
    add(made, "time_zone_name", event.zone.key)
    add(made, "url", event.url)
    for track in _tracks(feed.sessions):
        color = {"color": track.color} if track.color else {}
        add(made, "track", name=one_line(track.name), slug=f"{track.id}-{_slug(track.name)}".rstrip("-"), **color)


def _tracks(sessions: Iterable[FeedSession]) -> list[Track]:
    found = {session.track.id: session.track for session in sessions if session.track}
    return [found[id] for id in sorted(found)]


def _slot(feed: Feed) -> int:
    """The longest step in minutes that all beginnings and lengths are multiples of."""
    steps = []
    for session in feed.sessions:
        begin = local(session.starts_at, feed.event.zone)
        steps += [begin.hour * 60 + begin.minute, (session.ends_at - session.starts_at) // _MINUTE]
    return gcd(*steps) or USUAL_SLOT


def _add_day(root: Element, event: FeedEvent, index: int, day: date, sessions: list[FeedSession]) -> None:
    begin, end = min(session.starts_at for session in sessions), max(session.ends_at for session in sessions)
    made = add(
        root,
        "day",
        index=str(index),
        date=day.isoformat(),
        start=local(begin, event.zone).isoformat(timespec="seconds"),
        end=local(end, event.zone).isoformat(timespec="seconds"),
    )
    rooms: dict[Room, list[FeedSession]] = defaultdict(list)
    for session in sessions:
        rooms[session.room or NOWHERE].append(session)
    for room in sorted(rooms, key=lambda room: (room.position, room.name, room.id)):
        name = one_line(room.name)
        inside = add(made, "room", name=name, guid=guid(event.identifier, "room", room.id))
        for session in rooms[room]:
            _add_session(inside, event, session, name)


def _add_session(parent: Element, event: FeedEvent, session: FeedSession, room: str) -> None:
    begin = local(session.starts_at, event.zone)
    made = add(parent, "event", guid=guid(uid(event, session)), id=str(session.id))
    for name, text in (
        ("date", begin.isoformat(timespec="seconds")),
        ("start", f"{begin:%H:%M}"),
        ("duration", _duration(session.ends_at - session.starts_at)),
        ("room", room),
        ("slug", f"{event.identifier}-{session.id}-{_slug(session.title)}".rstrip("-")),
        ("url", session.url),
        ("title", one_line(session.title)),
        ("subtitle", one_line(session.subtitle)),
        ("track", one_line(session.track.name) if session.track else ""),
        ("type", one_line(session.kind)),
        ("language", one_line(session.language)),
        ("abstract", session.abstract),
        ("description", session.description),
    ):
        add(made, name, text)
    persons = SubElement(made, "persons")
    for person in session.speakers:
        add(persons, "person", one_line(person.name), id=str(person.id))
    _add_links(SubElement(made, "links"), "link", session.links)
    _add_links(SubElement(made, "attachments"), "attachment", session.attachments)


def _add_links(parent: Element, name: str, links: Iterable[Link]) -> None:
    for link in links:
        add(parent, name, link.title, href=address(link.url))


def _duration(length: timedelta) -> str:
    minutes = length // _MINUTE
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _slug(text: str) -> str:
    """The text in lower case, without accents and with dashes between its words, as far as it is Latin."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_IN_SLUGS.sub("-", plain).strip("-")[:60]
