"""Who and what is taken when: written by triggers, so that no room and no speaker is in two sessions at one time.

A session books its room and its speakers while it is live, in a state of SCHEDULED_STATES, and has
both times. Rooms that allow overlaps are not booked. See `app/program/scheduling.py`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnClause, func, literal_column
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import db
from app.jsonapi.model import reference
from app.program.models.places import Microlocation
from app.program.models.sessions import Session
from app.program.models.speakers import Speaker


def _once_at_a_time(column: str, name: str) -> ExcludeConstraint:
    """No two rows with this number at overlapping times; without extensions `=` is said by ranges of one number."""
    number: ColumnClause[int] = literal_column(column)
    return ExcludeConstraint(
        (func.int8range(number, number, "[]"), "&&"), (literal_column("during"), "&&"), using="gist", name=name
    )


class RoomBooking(db.Model):  # type: ignore[name-defined,misc]
    """The time for which a session takes its room."""

    __tablename__ = "room_bookings"
    __table_args__ = (_once_at_a_time("microlocation_id", "room_bookings_overlap"),)

    session_id: Mapped[int] = reference("sessions.id", index=False, primary_key=True)
    microlocation_id: Mapped[int] = reference("microlocations.id")
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)

    session: Mapped[Session] = relationship()
    microlocation: Mapped[Microlocation] = relationship()


class SpeakerBooking(db.Model):  # type: ignore[name-defined,misc]
    """The time for which a session takes one of its speakers."""

    __tablename__ = "speaker_bookings"
    __table_args__ = (_once_at_a_time("speaker_id", "speaker_bookings_overlap"),)

    session_id: Mapped[int] = reference("sessions.id", index=False, primary_key=True)
    speaker_id: Mapped[int] = reference("speakers.id", primary_key=True)
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)

    session: Mapped[Session] = relationship()
    speaker: Mapped[Speaker] = relationship()
