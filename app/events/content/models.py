"""What stands on an event's page: sponsors, exhibitors, social links, questions with answers, and its copyright."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.events.models import Event
from app.jsonapi.model import Row, SoftDeleted, reference
from app.uploads.sizes import event_size
from app.uploads.watching import makes_images


class Sponsor(Row, SoftDeleted):
    """Who pays for a part of the event."""

    __tablename__ = "sponsors"

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    level: Mapped[int | None] = mapped_column(Integer)
    logo_url: Mapped[str | None] = mapped_column(Text)
    type: Mapped[str | None] = mapped_column(Text)
    event_id: Mapped[int] = reference("events.id")

    event: Mapped[Event] = relationship(backref=backref("sponsors", lazy="raise", passive_deletes=True))


class Exhibitor(Row):
    """Who shows something at the event, in a booth or a video room."""

    __tablename__ = "exhibitors"
    __table_args__ = (CheckConstraint("status IN ('pending', 'accepted')", name="status"),)

    name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default="pending")
    description: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    logo_url: Mapped[str | None] = mapped_column(Text)
    banner_url: Mapped[str | None] = mapped_column(Text)
    thumbnail_image_url: Mapped[str | None] = mapped_column(Text)
    enable_video_room: Mapped[bool] = mapped_column(server_default="false")
    video_url: Mapped[str | None] = mapped_column(Text)
    slides_url: Mapped[str | None] = mapped_column(Text)
    contact_email: Mapped[str | None] = mapped_column(Text)
    contact_link: Mapped[str | None] = mapped_column(Text)
    social_links: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    event_id: Mapped[int] = reference("events.id")

    event: Mapped[Event] = relationship(backref=backref("exhibitors", lazy="raise", passive_deletes=True))


makes_images(Exhibitor, source="banner_url", sizes={"thumbnail_image_url": event_size("thumbnail")})


class SocialLink(Row, SoftDeleted):
    """Where else an event is found, such as on a network; `name` says where."""

    __tablename__ = "social_links"
    __table_args__ = (CheckConstraint("identifier ~ '^[0-9a-f]{8}$'", name="identifier"),)

    name: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(Text)
    identifier: Mapped[str] = mapped_column(Text, unique=True)
    event_id: Mapped[int] = reference("events.id")

    event: Mapped[Event] = relationship(backref=backref("social_links", lazy="raise", passive_deletes=True))


class FaqType(Row):
    """A group of the questions that an event answers."""

    __tablename__ = "faq_types"

    name: Mapped[str] = mapped_column(Text)
    event_id: Mapped[int] = reference("events.id")

    event: Mapped[Event] = relationship(backref=backref("faq_types", lazy="raise", passive_deletes=True))


class Faq(Row, SoftDeleted):
    """A question that an event answers on its page."""

    __tablename__ = "faqs"

    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    event_id: Mapped[int] = reference("events.id")
    faq_type_id: Mapped[int | None] = reference("faq_types.id", ondelete="SET NULL")

    event: Mapped[Event] = relationship(backref=backref("faqs", lazy="raise", passive_deletes=True))
    faq_type: Mapped[FaqType | None] = relationship(backref=backref("faqs", lazy="raise", passive_deletes=True))


class EventCopyright(Row, SoftDeleted):
    """Under which licence an event gives what it shows."""

    __tablename__ = "event_copyrights"
    __table_args__ = (
        Index("uq_event_copyrights_event_id", "event_id", unique=True, postgresql_where=text("deleted_at IS NULL")),
    )

    holder: Mapped[str | None] = mapped_column(Text)
    holder_url: Mapped[str | None] = mapped_column(Text)
    licence: Mapped[str] = mapped_column(Text)
    licence_url: Mapped[str | None] = mapped_column(Text)
    year: Mapped[int | None] = mapped_column(Integer)
    logo_url: Mapped[str | None] = mapped_column(Text)
    event_id: Mapped[int] = reference("events.id")

    event: Mapped[Event] = relationship(
        backref=backref(
            "event_copyright",
            lazy="raise",
            viewonly=True,  # Else a second one would take the event away from the one that is there.
            uselist=False,
            primaryjoin="and_(Event.id == EventCopyright.event_id, EventCopyright.deleted_at.is_(None))",
        )
    )
