"""Tickets that an event sells, their tags, and their stock."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Numeric, Table, Text, func, text
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.events.models import Event
from app.extensions import db
from app.jsonapi.model import Row, SoftDeleted, reference, utc

AMOUNT = Numeric(13, 3)


class Ticket(Row, SoftDeleted):
    """A kind of admission an event offers, with its price, number and time of sale."""

    __tablename__ = "tickets"
    __table_args__ = (
        CheckConstraint("price >= 0 AND min_price >= 0 AND max_price >= 0", name="prices"),
        CheckConstraint("quantity >= 0", name="quantity"),
        Index("uq_tickets_name", "event_id", "name", unique=True, postgresql_where=text("deleted_at IS NULL")),
    )

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    price: Mapped[Decimal | None] = mapped_column(AMOUNT)
    min_price: Mapped[Decimal] = mapped_column(AMOUNT, server_default="0")
    max_price: Mapped[Decimal | None] = mapped_column(AMOUNT)
    quantity: Mapped[int] = mapped_column(Integer, server_default="100")
    is_description_visible: Mapped[bool] = mapped_column(server_default="false")
    position: Mapped[int] = mapped_column(Integer, server_default="1")
    is_fee_absorbed: Mapped[bool] = mapped_column(server_default="false")
    sales_starts_at: Mapped[datetime] = utc()
    sales_ends_at: Mapped[datetime] = utc()
    is_hidden: Mapped[bool] = mapped_column(server_default="false")
    min_order: Mapped[int] = mapped_column(Integer, server_default="1")
    max_order: Mapped[int] = mapped_column(Integer, server_default="10")
    is_checkin_restricted: Mapped[bool] = mapped_column(server_default="true")
    auto_checkin_enabled: Mapped[bool] = mapped_column(server_default="false")
    form_id: Mapped[str | None] = mapped_column(Text)
    badge_id: Mapped[str | None] = mapped_column(Text)
    event_id: Mapped[int] = reference("events.id")

    event: Mapped[Event] = relationship(backref=backref("tickets", lazy="raise", passive_deletes=True))
    ticket_tags: Mapped[list[TicketTag]] = relationship(
        secondary="ticket_tags_tickets", back_populates="tickets", passive_deletes=True
    )


class TicketStock(db.Model):  # type: ignore[name-defined,misc]
    """How many of a ticket there are and how many are taken, by sales and by holds.

    Kept apart from the ticket so that selling does not change the ticket's own version. A trigger
    keeps `capacity` equal to the ticket's quantity; the check makes overselling impossible.
    """

    __tablename__ = "ticket_stocks"
    __table_args__ = (CheckConstraint("taken BETWEEN 0 AND capacity", name="not_oversold"),)

    ticket_id: Mapped[int] = reference("tickets.id", index=False, primary_key=True)
    capacity: Mapped[int] = mapped_column(Integer)
    taken: Mapped[int] = mapped_column(Integer, server_default="0")

    ticket: Mapped[Ticket] = relationship(backref=backref("stock", uselist=False, passive_deletes=True))


class TicketTag(Row, SoftDeleted):
    """A label that groups an event's tickets."""

    __tablename__ = "ticket_tags"
    __table_args__ = (
        Index(
            "uq_ticket_tags_name",
            "event_id",
            func.lower(text("name")),
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    name: Mapped[str | None] = mapped_column(Text)
    event_id: Mapped[int] = reference("events.id")

    event: Mapped[Event] = relationship(backref=backref("ticket_tags", lazy="raise", passive_deletes=True))
    tickets: Mapped[list[Ticket]] = relationship(
        secondary="ticket_tags_tickets", back_populates="ticket_tags", passive_deletes=True
    )


ticket_tags_tickets = Table(
    "ticket_tags_tickets",
    db.metadata,
    Column("ticket_tag_id", ForeignKey("ticket_tags.id", ondelete="CASCADE"), primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True, index=True),
)
