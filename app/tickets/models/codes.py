"""Codes that buyers give with an order: discount codes make tickets cheaper, access codes open hidden ones."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    cast,
    func,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.events.models import Event
from app.extensions import db
from app.jsonapi.model import Created, Row, SoftDeleted, reference, utc
from app.tickets.models.tickets import AMOUNT, Ticket
from app.users.models import User


def _unique_code(table: str) -> Index:
    """No two live codes of an event are the same, however they are spelt."""
    return Index(
        f"uq_{table}_code",
        "event_id",
        func.lower(text("code")),
        unique=True,
        postgresql_where=text("deleted_at IS NULL"),
    )


class DiscountCode(Row, SoftDeleted, Created):
    """A code that takes something off the price.

    A ticket code belongs to one event and covers the tickets it is linked with. An event code is
    given by an administrator and belongs to no event: events point at it, and it covers all their tickets.
    """

    __tablename__ = "discount_codes"
    __table_args__ = (
        CheckConstraint("type IN ('amount', 'percent')", name="type"),
        CheckConstraint("used_for IN ('event', 'ticket')", name="used_for"),
        CheckConstraint("used_for = 'event' OR event_id IS NOT NULL", name="ticket_code_of_event"),
        CheckConstraint("value >= 0 AND (type = 'amount' OR value <= 100)", name="value"),
        CheckConstraint("tickets_number >= 0 AND min_quantity >= 0 AND max_quantity >= 0", name="numbers"),
        _unique_code("discount_codes"),
    )

    code: Mapped[str] = mapped_column(Text)
    discount_url: Mapped[str | None] = mapped_column(Text)
    value: Mapped[Decimal] = mapped_column(AMOUNT)
    type: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(server_default="true")
    tickets_number: Mapped[int | None] = mapped_column(Integer)
    min_quantity: Mapped[int | None] = mapped_column(Integer)
    max_quantity: Mapped[int | None] = mapped_column(Integer)
    valid_from: Mapped[datetime | None] = utc()
    valid_till: Mapped[datetime | None] = utc()
    used_for: Mapped[str] = mapped_column(Text)
    event_id: Mapped[int | None] = reference("events.id")
    marketer_id: Mapped[int | None] = reference("users.id", ondelete="SET NULL")

    event: Mapped[Event | None] = relationship(foreign_keys=event_id)
    events: Mapped[list[Event]] = relationship(
        foreign_keys=Event.discount_code_id, back_populates="discount_code", passive_deletes=True
    )
    marketer: Mapped[User | None] = relationship(backref=backref("discount_codes", lazy="raise", passive_deletes=True))
    tickets: Mapped[list[Ticket]] = relationship(
        secondary="discount_codes_tickets",
        backref=backref("discount_codes", lazy="raise", passive_deletes=True),
        passive_deletes=True,
    )


class AccessCode(Row, SoftDeleted):
    """A code that lets whoever knows it see and buy the hidden tickets it is linked with."""

    __tablename__ = "access_codes"
    __table_args__ = (
        CheckConstraint("tickets_number >= 0 AND min_quantity >= 0 AND max_quantity >= 0", name="numbers"),
        _unique_code("access_codes"),
    )

    code: Mapped[str] = mapped_column(Text)
    access_url: Mapped[str | None] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(server_default="false")
    tickets_number: Mapped[int | None] = mapped_column(Integer)
    min_quantity: Mapped[int | None] = mapped_column(Integer)
    max_quantity: Mapped[int | None] = mapped_column(Integer)
    valid_from: Mapped[datetime] = utc()
    valid_till: Mapped[datetime | None] = utc()
    event_id: Mapped[int] = reference("events.id")
    marketer_id: Mapped[int | None] = reference("users.id", ondelete="SET NULL")

    event: Mapped[Event] = relationship(backref=backref("access_codes", lazy="raise", passive_deletes=True))
    marketer: Mapped[User | None] = relationship(backref=backref("access_codes", lazy="raise", passive_deletes=True))
    tickets: Mapped[list[Ticket]] = relationship(
        secondary="access_codes_tickets",
        backref=backref("access_codes", lazy="raise", passive_deletes=True),
        passive_deletes=True,
    )


# How often codes may be and were used, for each attendee once. Kept apart from the codes so that selling
# does not change a code's own version. Triggers keep `capacity` equal to the code's tickets-number, null
# where that is unlimited; the checks make it impossible to use a code too often.
_NOT_OVERUSED = "used >= 0 AND (capacity IS NULL OR used <= capacity)"


class DiscountCodeUses(db.Model):  # type: ignore[name-defined,misc]
    """How often a discount code may be and was used, by sales and by holds."""

    __tablename__ = "discount_code_uses"
    __table_args__ = (CheckConstraint(_NOT_OVERUSED, name="not_overused"),)

    discount_code_id: Mapped[int] = reference("discount_codes.id", index=False, primary_key=True)
    capacity: Mapped[int | None] = mapped_column(Integer)
    used: Mapped[int] = mapped_column(Integer, server_default="0")


class AccessCodeUses(db.Model):  # type: ignore[name-defined,misc]
    """How often an access code may be and was used, by sales and by holds."""

    __tablename__ = "access_code_uses"
    __table_args__ = (CheckConstraint(_NOT_OVERUSED, name="not_overused"),)

    access_code_id: Mapped[int] = reference("access_codes.id", index=False, primary_key=True)
    capacity: Mapped[int | None] = mapped_column(Integer)
    used: Mapped[int] = mapped_column(Integer, server_default="0")


discount_codes_tickets = Table(
    "discount_codes_tickets",
    db.metadata,
    Column("discount_code_id", ForeignKey("discount_codes.id", ondelete="CASCADE"), primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True, index=True),
)

access_codes_tickets = Table(
    "access_codes_tickets",
    db.metadata,
    Column("access_code_id", ForeignKey("access_codes.id", ondelete="CASCADE"), primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True, index=True),
)

# The event code that an event points at.
Event.discount_code = relationship(
    DiscountCode, foreign_keys=Event.discount_code_id, back_populates="events", lazy="raise"
)
# All codes that count for an event: its ticket codes and the event code it points at. The cast keeps the
# ORM from taking the column for the one it is joined with.
_counting = union_all(
    select(DiscountCode.event_id.label("event_id"), cast(DiscountCode.id, BigInteger).label("code_id")),
    select(Event.id, Event.discount_code_id).where(Event.discount_code_id.is_not(None)),
).subquery("counting")
Event.discount_codes = relationship(
    DiscountCode,
    secondary=_counting,
    primaryjoin=lambda: _counting.c.event_id == Event.id,
    secondaryjoin=lambda: _counting.c.code_id == DiscountCode.id,
    viewonly=True,
    lazy="raise",
)
