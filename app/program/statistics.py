"""How an event's programme stands: sessions and speakers by state, and its sponsors.

Like order statistics these are events seen from another side: they have no table, and are counted when they are
shown, for a whole page at once.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import foreign, relationship, remote, synonym

from app.events.content.models import Sponsor
from app.events.models import Event
from app.jsonapi.batched import Batched
from app.jsonapi.model import Row, SoftDeleted
from app.program.models import STATES, Session, Speaker, sessions_speakers

# What speakers are counted by; those of drafts are in the total alone.
OF_SPEAKERS = ("accepted", "confirmed", "pending", "rejected", "withdrawn", "canceled")
Counts = dict[str, Any]


def nothing_proposed() -> Counts:
    """The statistics of an event without a programme."""
    return {
        "sessions": dict.fromkeys(("total", *STATES), 0),
        "speakers": dict.fromkeys(("total", *OF_SPEAKERS), 0),
        "without_session": 0,
        "sponsors": 0,
    }


def _of_events(session: DatabaseSession, ids: set[int]) -> dict[int, Counts]:
    made = {id_: nothing_proposed() for id_ in ids}
    _count_sessions(session, made)
    _count_speakers(session, made)
    _count_speakers_by_state(session, made)
    _count_sponsors(session, made)
    return made


def _count_sessions(session: DatabaseSession, made: dict[int, Counts]) -> None:
    counted = (
        select(Session.event_id, Session.state, func.count())
        .where(Session.event_id.in_(made), Session.deleted_at.is_(None))
        .group_by(Session.event_id, Session.state)
    )
    for event_id, state, number in session.execute(counted):
        made[event_id]["sessions"][state] = number
        made[event_id]["sessions"]["total"] += number


def _count_speakers(session: DatabaseSession, made: dict[int, Counts]) -> None:
    speaks = Speaker.sessions.any(Session.deleted_at.is_(None))
    counted = (
        select(Speaker.event_id, func.count(), func.count().filter(~speaks))
        .where(Speaker.event_id.in_(made), Speaker.deleted_at.is_(None))
        .group_by(Speaker.event_id)
    )
    for event_id, number, without in session.execute(counted):
        made[event_id]["speakers"]["total"] = number
        made[event_id]["without_session"] = without


def _count_speakers_by_state(session: DatabaseSession, made: dict[int, Counts]) -> None:
    """Whoever has sessions in several states is counted in each of them."""
    counted = (
        select(Speaker.event_id, Session.state, func.count(Speaker.id.distinct()))
        .join(sessions_speakers, sessions_speakers.c.speaker_id == Speaker.id)
        .join(Session, Session.id == sessions_speakers.c.session_id)
        .where(Speaker.event_id.in_(made), Speaker.deleted_at.is_(None), Session.deleted_at.is_(None))
        .where(Session.state.in_(OF_SPEAKERS))
        .group_by(Speaker.event_id, Session.state)
    )
    for event_id, state, number in session.execute(counted):
        made[event_id]["speakers"][state] = number


def _count_sponsors(session: DatabaseSession, made: dict[int, Counts]) -> None:
    counted = (
        select(Sponsor.event_id, func.count())
        .where(Sponsor.event_id.in_(made), Sponsor.deleted_at.is_(None))
        .group_by(Sponsor.event_id)
    )
    for event_id, number in session.execute(counted):
        made[event_id]["sponsors"] = number


_counts = Batched[Counts](_of_events, nothing_proposed())


def _sessions(state: str) -> property:
    return property(lambda row: _counts.of(row)["sessions"][state])


class EventGeneralStatistics(Row, SoftDeleted):
    """The programme of an event in numbers; the id is the event's."""

    __tablename__ = None
    __table__ = select(Event.id, Event.identifier, Event.version, Event.deleted_at).subquery("event_general_statistics")

    event_id = synonym("id")
    sessions_draft, sessions_pending, sessions_accepted = map(_sessions, ("draft", "pending", "accepted"))
    sessions_confirmed, sessions_rejected = map(_sessions, ("confirmed", "rejected"))
    sessions_withdrawn, sessions_canceled = map(_sessions, ("withdrawn", "canceled"))
    sessions = _sessions("total")

    @property
    def sessions_submitted(self) -> int:
        """The sessions that are no longer drafts."""
        counts = _counts.of(self)["sessions"]
        return int(counts["total"] - counts["draft"])

    @property
    def speakers(self) -> Counts:
        """The speakers of the event, all of them and by the states of their sessions."""
        counts: Counts = _counts.of(self)["speakers"]
        return counts

    @property
    def speaker_without_session(self) -> int:
        """How many speakers of the event speak in no session."""
        return int(_counts.of(self)["without_session"])

    @property
    def sponsors(self) -> int:
        """How many sponsors the event has."""
        return int(_counts.of(self)["sponsors"])


Event.general_statistics = relationship(  # type: ignore[attr-defined]
    EventGeneralStatistics,
    primaryjoin=lambda: foreign(Event.id) == remote(EventGeneralStatistics.id),
    uselist=False,
    viewonly=True,
    lazy="raise",
)
