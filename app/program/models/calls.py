"""Calls for speakers, and invitations to speak in a session."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, func, text
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.events.models import Event
from app.jsonapi.model import Created, Row, SoftDeleted, reference, utc
from app.program.models.sessions import Session


class SpeakersCall(Row, SoftDeleted):
    """When an event takes proposals, from everybody or from those who know its hash."""

    __tablename__ = "speakers_calls"
    __table_args__ = (
        CheckConstraint("privacy IN ('public', 'private')", name="privacy"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("uq_speakers_calls_event_id", "event_id", unique=True, postgresql_where=text("deleted_at IS NULL")),
    )

    announcement: Mapped[str | None] = mapped_column(Text)
    starts_at: Mapped[datetime] = utc()
    soft_ends_at: Mapped[datetime | None] = utc()
    ends_at: Mapped[datetime] = utc()
    hash: Mapped[str | None] = mapped_column(Text)
    privacy: Mapped[str] = mapped_column(Text, server_default="public")
    event_id: Mapped[int] = reference("events.id")

    event: Mapped[Event] = relationship(
        backref=backref(
            "speakers_call",
            lazy="raise",
            viewonly=True,  # Else a new call would take the event away from the one that is there.
            uselist=False,
            primaryjoin="and_(Event.id == SpeakersCall.event_id, SpeakersCall.deleted_at.is_(None))",
        )
    )


class SpeakerInvite(Row, Created):
    """That somebody is asked, by e-mail, to join the speakers of a session."""

    __tablename__ = "speaker_invites"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'accepted', 'rejected')", name="status"),
        Index(
            "uq_speaker_invites_email",
            "session_id",
            func.lower(text("email")),
            unique=True,
            postgresql_where=text("status = 'pending'"),
        ),
        Index("ix_speaker_invites_email", func.lower(text("email"))),
    )

    email: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default="pending")
    # Only the hash of the mailed token is kept; it works once, until the invitation is answered or expires.
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime] = utc()
    session_id: Mapped[int] = reference("sessions.id")
    event_id: Mapped[int] = reference("events.id")

    session: Mapped[Session] = relationship(backref=backref("speaker_invites", lazy="raise", passive_deletes=True))
    event: Mapped[Event] = relationship(backref=backref("speaker_invites", lazy="raise", passive_deletes=True))
