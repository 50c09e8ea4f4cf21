"""What people think of sessions and events: ratings and favourites.

Triggers keep the counts and the average in `sessions` (migration 0012).
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, Numeric, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.events.models import Event
from app.jsonapi.model import Created, Row, reference
from app.program.models.sessions import Session
from app.users.models import User


class Feedback(Row, Created):
    """A rating: of a session by a reviewer, or of an event by somebody who was there."""

    __tablename__ = "feedbacks"
    __table_args__ = (
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint("(event_id IS NULL) <> (session_id IS NULL)", name="of_event_or_session"),
        UniqueConstraint("user_id", "session_id"),
        UniqueConstraint("user_id", "event_id"),
    )

    rating: Mapped[Decimal] = mapped_column(Numeric(3, 2))
    comment: Mapped[str | None] = mapped_column(Text)
    user_id: Mapped[int] = reference("users.id")
    event_id: Mapped[int | None] = reference("events.id")
    session_id: Mapped[int | None] = reference("sessions.id")

    user: Mapped[User] = relationship(backref=backref("feedbacks", lazy="raise", passive_deletes=True))
    event: Mapped[Event | None] = relationship(backref=backref("feedbacks", lazy="raise", passive_deletes=True))
    session: Mapped[Session | None] = relationship(backref=backref("feedbacks", lazy="raise", passive_deletes=True))

    @property
    def deleted_at(self) -> None:
        """Ratings are deleted for good; the contract has the attribute nevertheless."""


class UserFavouriteSession(Row):
    """That a user has marked a session."""

    __tablename__ = "user_favourite_sessions"
    __table_args__ = (UniqueConstraint("user_id", "session_id"),)

    user_id: Mapped[int] = reference("users.id")
    session_id: Mapped[int] = reference("sessions.id")

    user: Mapped[User] = relationship(backref=backref("favourite_sessions", lazy="raise", passive_deletes=True))
    session: Mapped[Session] = relationship(backref=backref("favourites", lazy="raise", passive_deletes=True))


# The marks of all sessions of an event.
Event.session_favourites = relationship(  # type: ignore[attr-defined]
    UserFavouriteSession,
    secondary="sessions",
    primaryjoin="Event.id == Session.event_id",
    secondaryjoin="Session.id == UserFavouriteSession.session_id",
    viewonly=True,
    lazy="raise",
)
