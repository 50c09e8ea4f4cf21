"""Speakers of an event."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Index, Integer, Select, Text, func, select, text, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.events.models import Event
from app.jsonapi.model import Row, SoftDeleted, reference
from app.program.models.sessions import Session, sessions_speakers
from app.uploads.sizes import PERSON_SIZES
from app.uploads.watching import makes_images
from app.users.models import User


class Speaker(Row, SoftDeleted):
    """Somebody who speaks, or would like to, at one event."""

    __tablename__ = "speakers"
    __table_args__ = (
        Index(
            "uq_speakers_email",
            "event_id",
            func.lower(text("email")),
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_speakers_email", func.lower(text("email"))),
    )

    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    photo_url: Mapped[str | None] = mapped_column(Text)
    thumbnail_image_url: Mapped[str | None] = mapped_column(Text)
    small_image_url: Mapped[str | None] = mapped_column(Text)
    icon_image_url: Mapped[str | None] = mapped_column(Text)
    short_biography: Mapped[str | None] = mapped_column(Text)
    long_biography: Mapped[str | None] = mapped_column(Text)
    speaking_experience: Mapped[str | None] = mapped_column(Text)
    mobile: Mapped[str | None] = mapped_column(Text)
    website: Mapped[str | None] = mapped_column(Text)
    twitter: Mapped[str | None] = mapped_column(Text)
    facebook: Mapped[str | None] = mapped_column(Text)
    github: Mapped[str | None] = mapped_column(Text)
    mastodon: Mapped[str | None] = mapped_column(Text)
    linkedin: Mapped[str | None] = mapped_column(Text)
    instagram: Mapped[str | None] = mapped_column(Text)
    organisation: Mapped[str | None] = mapped_column(Text)
    is_featured: Mapped[bool] = mapped_column(server_default="false")
    # The team entered the speaker without an address: there is no account behind the row.
    is_email_overridden: Mapped[bool] = mapped_column(server_default="false")
    position: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    gender: Mapped[str | None] = mapped_column(Text)
    order: Mapped[int] = mapped_column(Integer, server_default="0")
    heard_from: Mapped[str | None] = mapped_column(Text)
    sponsorship_required: Mapped[str | None] = mapped_column(Text)
    speaker_positions: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    complex_field_values: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    # Those of them that everybody may read.
    public_field_values: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    event_id: Mapped[int] = reference("events.id")
    user_id: Mapped[int | None] = reference("users.id", ondelete="SET NULL")

    event: Mapped[Event] = relationship(backref=backref("speakers", lazy="raise", passive_deletes=True))
    user: Mapped[User | None] = relationship(backref=backref("speakers", lazy="raise", passive_deletes=True))
    sessions: Mapped[list[Session]] = relationship(
        secondary="sessions_speakers", back_populates="speakers", passive_deletes=True, order_by=Session.id
    )


def accounts_of_speakers() -> Select[tuple[int, int]]:
    """The ids of users and of the live speakers that they are: by their account, or by an address they have proven."""
    by_account = select(Speaker.user_id, Speaker.id).where(Speaker.user_id.is_not(None), Speaker.deleted_at.is_(None))
    same_address = func.lower(Speaker.email) == func.lower(User.email)
    by_address = select(User.id, Speaker.id).where(same_address, User.is_verified, Speaker.deleted_at.is_(None))
    return select(*by_account.union(by_address).subquery("accounts_of_speakers").c)


def _taking_part() -> Any:
    """Who made which session or speaks in it, once per pair."""
    accounts = accounts_of_speakers().subquery("accounts")
    user_id, speaker_id = accounts.c
    made = select(Session.creator_id.label("user_id"), Session.id.label("session_id")).where(
        Session.creator_id.is_not(None)
    )
    speaking = select(user_id, sessions_speakers.c.session_id).where(sessions_speakers.c.speaker_id == speaker_id)
    both = made.union(speaking).subquery()
    # Coerced so that these columns are not taken for those of users and sessions where the relationship is followed.
    coerced = (type_coerce(both.c[name], BigInteger).label(name) for name in ("user_id", "session_id"))
    return select(*coerced).subquery("taking_part")


_parts = _taking_part()
User.sessions = relationship(  # type: ignore[attr-defined]
    Session,
    secondary=_parts,
    primaryjoin=lambda: _parts.c.user_id == User.id,
    secondaryjoin=lambda: _parts.c.session_id == Session.id,
    viewonly=True,
    lazy="raise",
)

makes_images(Speaker, source="photo_url", sizes=PERSON_SIZES)
