"""Events, what classifies them, and who holds which role on them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    FetchedValue,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    and_,
    join,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.events.held import add_role_source, held_roles, working
from app.jsonapi.model import Created, Row, SoftDeleted, reference, utc
from app.uploads.sizes import EVENT_SIZES
from app.uploads.watching import makes_images
from app.users.models import User

TAKEN_BACK = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_IN_ROOM_NAMES = re.compile(r"[^0-9A-Za-z!]")


class EventType(Row, SoftDeleted):
    """What kind of gathering an event is, such as Conference."""

    __tablename__ = "event_types"

    name: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text, unique=True)


class EventTopic(Row, SoftDeleted):
    """What an event is about."""

    __tablename__ = "event_topics"

    name: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    system_image_url: Mapped[str | None] = mapped_column(Text)


class EventSubTopic(Row):
    """A narrower subject within a topic."""

    __tablename__ = "event_sub_topics"
    __table_args__ = (UniqueConstraint("event_topic_id", "slug"),)

    name: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text)
    event_topic_id: Mapped[int] = reference("event_topics.id")

    event_topic: Mapped[EventTopic] = relationship(
        backref=backref("event_sub_topics", lazy="raise", passive_deletes=True)
    )


class EventLocation(Row):
    """A place that an administrator has named for searching."""

    __tablename__ = "event_locations"

    name: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text, unique=True)


class Event(Row, SoftDeleted, Created):
    """A gathering, from a meet-up to a conference."""

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published')", name="state"),
        CheckConstraint("privacy IN ('public', 'private')", name="privacy"),
        CheckConstraint("identifier ~ '^[0-9a-f]{8}$' AND identifier ~ '[a-f]'", name="identifier"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_events_upcoming", "starts_at", "ends_at", postgresql_where=text("deleted_at IS NULL")),
        Index("ix_events_published", "id", postgresql_where=text("state = 'published' AND deleted_at IS NULL")),
        Index("ix_events_name", "name"),
        Index("ix_events_searchable_location_name", "searchable_location_name"),
    )
    slug_attribute = "identifier"

    identifier: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    external_event_url: Mapped[str | None] = mapped_column(Text)
    starts_at: Mapped[datetime | None] = utc()
    ends_at: Mapped[datetime | None] = utc()
    timezone: Mapped[str] = mapped_column(Text)
    online: Mapped[bool] = mapped_column(server_default="false")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    logo_url: Mapped[str | None] = mapped_column(Text)
    location_name: Mapped[str | None] = mapped_column(Text)
    searchable_location_name: Mapped[str | None] = mapped_column(Text)
    public_stream_link: Mapped[str | None] = mapped_column(Text)
    stream_loop: Mapped[bool] = mapped_column(server_default="false")
    stream_autoplay: Mapped[bool] = mapped_column(server_default="false")
    description: Mapped[str | None] = mapped_column(Text)
    after_order_message: Mapped[str | None] = mapped_column(Text)
    original_image_url: Mapped[str | None] = mapped_column(Text)
    thumbnail_image_url: Mapped[str | None] = mapped_column(Text)
    large_image_url: Mapped[str | None] = mapped_column(Text)
    icon_image_url: Mapped[str | None] = mapped_column(Text)
    show_remaining_tickets: Mapped[bool] = mapped_column(server_default="false")
    owner_name: Mapped[str | None] = mapped_column(Text)
    is_map_shown: Mapped[bool] = mapped_column(server_default="false")
    is_oneclick_signup_enabled: Mapped[bool] = mapped_column(server_default="false")
    has_owner_info: Mapped[bool] = mapped_column(server_default="false")
    owner_description: Mapped[str | None] = mapped_column(Text)
    is_sessions_speakers_enabled: Mapped[bool] = mapped_column(server_default="false")
    privacy: Mapped[str] = mapped_column(Text, server_default="public")
    state: Mapped[str] = mapped_column(Text, server_default="draft")
    ticket_url: Mapped[str | None] = mapped_column(Text)
    code_of_conduct: Mapped[str | None] = mapped_column(Text)
    schedule_published_on: Mapped[datetime | None] = utc()
    # Rooms may say that sessions overlap in them.
    is_overlap_allowed: Mapped[bool] = mapped_column(server_default="false")
    is_featured: Mapped[bool] = mapped_column(server_default="false")
    is_promoted: Mapped[bool] = mapped_column(server_default="false")
    is_demoted: Mapped[bool] = mapped_column(server_default="false")
    is_announced: Mapped[bool] = mapped_column(server_default="false")
    is_ticket_form_enabled: Mapped[bool] = mapped_column(server_default="true")
    is_cfs_enabled: Mapped[bool] = mapped_column(server_default="false")
    payment_country: Mapped[str | None] = mapped_column(Text)
    payment_currency: Mapped[str | None] = mapped_column(Text)
    paypal_email: Mapped[str | None] = mapped_column(Text)
    is_tax_enabled: Mapped[bool] = mapped_column(server_default="false")
    is_billing_info_mandatory: Mapped[bool] = mapped_column(server_default="false")
    is_donation_enabled: Mapped[bool] = mapped_column(server_default="false")
    is_chat_enabled: Mapped[bool] = mapped_column(server_default="false")
    is_videoroom_enabled: Mapped[bool] = mapped_column(server_default="false")
    is_document_enabled: Mapped[bool] = mapped_column(server_default="false")
    document_links: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    can_pay_by_paypal: Mapped[bool] = mapped_column(server_default="false")
    can_pay_by_stripe: Mapped[bool] = mapped_column(server_default="false")
    can_pay_by_cheque: Mapped[bool] = mapped_column(server_default="false")
    can_pay_by_bank: Mapped[bool] = mapped_column(server_default="false")
    can_pay_by_invoice: Mapped[bool] = mapped_column(server_default="false")
    can_pay_onsite: Mapped[bool] = mapped_column(server_default="false")
    can_pay_by_omise: Mapped[bool] = mapped_column(server_default="false")
    can_pay_by_alipay: Mapped[bool] = mapped_column(server_default="false")
    can_pay_by_paytm: Mapped[bool] = mapped_column(server_default="false")
    cheque_details: Mapped[str | None] = mapped_column(Text)
    invoice_details: Mapped[str | None] = mapped_column(Text)
    bank_details: Mapped[str | None] = mapped_column(Text)
    onsite_details: Mapped[str | None] = mapped_column(Text)
    is_sponsors_enabled: Mapped[bool] = mapped_column(server_default="false")
    refund_policy: Mapped[str | None] = mapped_column(Text)
    is_stripe_linked: Mapped[bool] = mapped_column(server_default="false")
    is_badges_enabled: Mapped[bool] = mapped_column(server_default="true")

    event_type_id: Mapped[int | None] = reference("event_types.id", ondelete="SET NULL")
    event_topic_id: Mapped[int | None] = reference("event_topics.id", ondelete="SET NULL")
    event_sub_topic_id: Mapped[int | None] = reference("event_sub_topics.id", ondelete="SET NULL")
    # Groups stand above events and are known here by name alone.
    group_id: Mapped[int | None] = reference("groups.id", ondelete="SET NULL")
    # The discount code for all its tickets; codes point at events too, hence use_alter.
    discount_code_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("discount_codes.id", ondelete="SET NULL", use_alter=True), index=True
    )

    event_type: Mapped[EventType | None] = relationship(backref=backref("events", lazy="raise", passive_deletes=True))
    event_topic: Mapped[EventTopic | None] = relationship(backref=backref("events", lazy="raise", passive_deletes=True))
    event_sub_topic: Mapped[EventSubTopic | None] = relationship(
        backref=backref("events", lazy="raise", passive_deletes=True)
    )

    @property
    def chat_room_name(self) -> str:
        """The name of the event's chat room, made of its name and identifier."""
        return f"{_NOT_IN_ROOM_NAMES.sub('-', self.name)}-{self.identifier}"

    @property
    def is_schedule_published(self) -> bool:
        """Whether sessions are told with the event; the beginning of 1970 is how clients take a schedule back."""
        published_on = self.schedule_published_on
        return self.state == "published" and published_on is not None and published_on > TAKEN_BACK

    @property
    def ical_url(self) -> str | None:
        """Where everybody finds the published schedule as iCalendar."""
        return self._feed_url(".ics?include_sessions")

    @property
    def xcal_url(self) -> str | None:
        """Where everybody finds the published schedule as xCal."""
        return self._feed_url(".xcs")

    @property
    def pentabarf_url(self) -> str | None:
        """Where everybody finds the published schedule as schedule XML."""
        return self._feed_url(".xml")

    def _feed_url(self, ending: str) -> str | None:
        """An absolute address, made when it is told, so that it is right wherever the service is reached."""
        address = f"{current_app.config['PUBLIC_URL']}/v1/events/{self.identifier}{ending}"
        return address if self.is_schedule_published else None


class Role(Row):
    """A role people can hold on an event or a group."""

    __tablename__ = "roles"

    name: Mapped[str] = mapped_column(Text, unique=True)
    title_name: Mapped[str | None] = mapped_column(Text)


class UsersEventsRoles(Row):
    """That a user holds a role on an event."""

    __tablename__ = "users_events_roles"
    __table_args__ = (
        UniqueConstraint("user_id", "event_id", "role_id"),
        Index("uq_users_events_roles_owner", "event_id", unique=True, postgresql_where=text("is_owner")),
    )

    event_id: Mapped[int] = reference("events.id")
    user_id: Mapped[int] = reference("users.id")
    role_id: Mapped[int] = reference("roles.id")
    # Noted by a trigger, because an index cannot look up the role's name.
    is_owner: Mapped[bool] = mapped_column(server_default="false", server_onupdate=FetchedValue())

    event: Mapped[Event] = relationship(backref=backref("roles", lazy="raise", passive_deletes=True))
    user: Mapped[User] = relationship()
    role: Mapped[Role] = relationship()


class UserFavouriteEvent(Row, SoftDeleted):
    """That a user has marked an event."""

    __tablename__ = "user_favourite_events"
    __table_args__ = (
        Index(
            "uq_user_favourite_events_user_id_event_id",
            "user_id",
            "event_id",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    user_id: Mapped[int] = reference("users.id")
    event_id: Mapped[int] = reference("events.id")

    user: Mapped[User] = relationship(backref=backref("favourite_events", lazy="raise", passive_deletes=True))
    event: Mapped[Event] = relationship()


_held = join(UsersEventsRoles, Role, UsersEventsRoles.role_id == Role.id)


def _holders(role: str, *, one: bool = False) -> Any:
    """The users who hold this role on the event."""
    return relationship(
        User,
        secondary=_held,
        primaryjoin=lambda: and_(UsersEventsRoles.event_id == Event.id, Role.name == role),
        secondaryjoin=lambda: UsersEventsRoles.user_id == User.id,
        viewonly=True,
        lazy="raise",
        uselist=not one,
        order_by=User.id,
    )


def _held_events(role: str) -> Any:
    """The events on which the user holds this role."""
    return relationship(
        Event,
        secondary=held_roles,
        primaryjoin=lambda: and_(held_roles().c.user_id == User.id, held_roles().c.name == role),
        secondaryjoin=lambda: held_roles().c.event_id == Event.id,
        viewonly=True,
        lazy="raise",
    )


add_role_source(select(UsersEventsRoles.user_id, UsersEventsRoles.event_id, Role.name).join(Role))

EVENT_ROLES = ("owner", "organizer", "coorganizer", "track_organizer", "moderator", "registrar")
OTHER_EVENT_ROLES = ("marketer", "sales_admin")

Event.owner = _holders("owner", one=True)
Event.organizers = _holders("organizer")
Event.coorganizers = _holders("coorganizer")
Event.track_organizers = _holders("track_organizer")
Event.moderators = _holders("moderator")
Event.registrars = _holders("registrar")
User.events = relationship(  # type: ignore[attr-defined]
    Event,
    secondary=working,
    primaryjoin=lambda: working().c.user_id == User.id,
    secondaryjoin=lambda: working().c.event_id == Event.id,
    viewonly=True,
    lazy="raise",
)
for _role in EVENT_ROLES + OTHER_EVENT_ROLES:
    setattr(User, f"{_role}_events", _held_events(_role))

makes_images(Event, source="original_image_url", sizes=EVENT_SIZES)
