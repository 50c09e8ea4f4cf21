"""Sessions: what is proposed, decided, scheduled and shown."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Numeric, Table, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.events.content.models import Exhibitor
from app.events.models import Event
from app.extensions import db
from app.jsonapi.model import Created, Row, SoftDeleted, reference, utc
from app.program.models.places import Microlocation, SessionType, Track
from app.users.models import User

if TYPE_CHECKING:
    from app.program.models.speakers import Speaker

STATES = ("draft", "pending", "accepted", "confirmed", "rejected", "canceled", "withdrawn")
# Everybody sees these, of a published event.
PUBLIC_STATES = ("accepted", "confirmed")
# These take the room and the speakers for their time; the database knows them too (migration 0011).
SCHEDULED_STATES = ("pending", *PUBLIC_STATES)


class Session(Row, SoftDeleted, Created):
    """A talk, workshop or the like, from the proposal to its place in the schedule."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'pending', 'accepted', 'confirmed', 'rejected', 'canceled', 'withdrawn')", name="state"
        ),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("rating_count >= 0 AND favourite_count >= 0", name="counts"),
        Index("ix_sessions_schedule", "event_id", "starts_at", postgresql_where=text("deleted_at IS NULL")),
    )

    title: Mapped[str] = mapped_column(Text)
    subtitle: Mapped[str | None] = mapped_column(Text)
    level: Mapped[str | None] = mapped_column(Text)
    short_abstract: Mapped[str | None] = mapped_column(Text)
    long_abstract: Mapped[str | None] = mapped_column(Text)
    comments: Mapped[str | None] = mapped_column(Text)
    starts_at: Mapped[datetime | None] = utc()
    ends_at: Mapped[datetime | None] = utc()
    language: Mapped[str | None] = mapped_column(Text)
    slides_url: Mapped[str | None] = mapped_column(Text)
    slides: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    website: Mapped[str | None] = mapped_column(Text)
    twitter: Mapped[str | None] = mapped_column(Text)
    facebook: Mapped[str | None] = mapped_column(Text)
    github: Mapped[str | None] = mapped_column(Text)
    linkedin: Mapped[str | None] = mapped_column(Text)
    instagram: Mapped[str | None] = mapped_column(Text)
    gitlab: Mapped[str | None] = mapped_column(Text)
    mastodon: Mapped[str | None] = mapped_column(Text)
    video_url: Mapped[str | None] = mapped_column(Text)
    audio_url: Mapped[str | None] = mapped_column(Text)
    signup_url: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="draft")
    submitted_at: Mapped[datetime | None] = utc()
    is_mail_sent: Mapped[bool] = mapped_column(server_default="false")
    is_locked: Mapped[bool] = mapped_column(server_default="false")
    last_modified_at: Mapped[datetime] = utc(server_default=func.now(), onupdate=func.now())
    # Kept by triggers on feedbacks and favourites, so that showing them never costs a query.
    average_rating: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    rating_count: Mapped[int] = mapped_column(Integer, server_default="0")
    favourite_count: Mapped[int] = mapped_column(Integer, server_default="0")
    complex_field_values: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    # Those of them that everybody may read.
    public_field_values: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    event_id: Mapped[int] = reference("events.id")
    creator_id: Mapped[int | None] = reference("users.id", ondelete="SET NULL")
    microlocation_id: Mapped[int | None] = reference("microlocations.id", ondelete="SET NULL")
    track_id: Mapped[int | None] = reference("tracks.id", ondelete="SET NULL")
    session_type_id: Mapped[int | None] = reference("session_types.id", ondelete="SET NULL")
    # Asked by a request about the change it makes, and not kept.
    send_email = None

    event: Mapped[Event] = relationship(backref=backref("sessions", lazy="raise", passive_deletes=True))
    creator: Mapped[User | None] = relationship()
    microlocation: Mapped[Microlocation | None] = relationship(
        backref=backref("sessions", lazy="raise", passive_deletes=True)
    )
    track: Mapped[Track | None] = relationship(backref=backref("sessions", lazy="raise", passive_deletes=True))
    session_type: Mapped[SessionType | None] = relationship(
        backref=backref("sessions", lazy="raise", passive_deletes=True)
    )
    exhibitors: Mapped[list[Exhibitor]] = relationship(
        secondary="exhibitors_sessions",
        lazy="raise",
        passive_deletes=True,
        backref=backref("sessions", passive_deletes=True),  # Written from that side, which has to know what it had.
    )
    speakers: Mapped[list[Speaker]] = relationship(
        secondary="sessions_speakers", back_populates="sessions", passive_deletes=True, order_by="Speaker.id"
    )


sessions_speakers = Table(
    "sessions_speakers",
    db.metadata,
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("speaker_id", ForeignKey("speakers.id", ondelete="CASCADE"), primary_key=True, index=True),
)


exhibitors_sessions = Table(
    "exhibitors_sessions",
    db.metadata,
    Column("exhibitor_id", ForeignKey("exhibitors.id", ondelete="CASCADE"), primary_key=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True, index=True),
)
