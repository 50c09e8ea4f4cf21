"""Orders, what they consist of, and the people who attend by them, with the labels they are given."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    cast,
    func,
    select,
    text,
    type_coerce,
    union,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, backref, column_property, foreign, mapped_column, relationship, remote

from app.events.models import Event
from app.extensions import db
from app.jsonapi.model import Created, Row, SoftDeleted, reference, utc
from app.payments.models import Payment, Refund
from app.tickets.models import AMOUNT, DiscountCode, Ticket
from app.users.models import User

OPEN = ("initializing", "pending")
SOLD = ("placed", "completed")
ENDED = ("cancelled", "expired")
STATUSES = OPEN + SOLD + ENDED
PAYMENT_MODES = (
    "free", "stripe", "paypal", "bank", "cheque", "onsite", "omise", "alipay", "paytm", "invoice",
)  # fmt: skip
# The address at which an order is paid by card: clients take it as "ask for a card".
CARD_URL = "stripe://payment"
# The address of attendees who bought at the door and were not asked for one; no mail is sent to it.
ONSITE_EMAIL = "example@example.com"


class Order(Row, SoftDeleted, Created):
    """A purchase of tickets for one event by one buyer."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(f"payment_mode IN {PAYMENT_MODES}", name="payment_mode"),
        CheckConstraint("amount >= 0", name="amount"),
        Index("ix_orders_event_status", "event_id", "status"),
        Index("ix_orders_due", "expires_at", postgresql_where=text("status IN ('initializing', 'pending')")),
    )
    slug_attribute = "identifier"

    identifier: Mapped[str] = mapped_column(Text, unique=True)
    invoice_number: Mapped[str] = mapped_column(Text, unique=True)
    amount: Mapped[Decimal] = mapped_column(AMOUNT, server_default="0")
    currency: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default="initializing")
    payment_mode: Mapped[str] = mapped_column(Text, server_default="free")
    payment_url: Mapped[str | None] = mapped_column(Text)
    paid_via: Mapped[str | None] = mapped_column(Text)
    transaction_id: Mapped[str | None] = mapped_column(Text)
    brand: Mapped[str | None] = mapped_column(Text)
    exp_month: Mapped[str | None] = mapped_column(Text)
    exp_year: Mapped[str | None] = mapped_column(Text)
    last4: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    zipcode: Mapped[str | None] = mapped_column(Text)
    company: Mapped[str | None] = mapped_column(Text)
    tax_business_info: Mapped[str | None] = mapped_column(Text)
    is_billing_enabled: Mapped[bool] = mapped_column(server_default="false")
    cancel_note: Mapped[str | None] = mapped_column(Text)
    order_notes: Mapped[str | None] = mapped_column(Text)
    tickets_pdf_url: Mapped[str | None] = mapped_column(Text)
    tickets_pdf_key: Mapped[str | None] = mapped_column(Text)
    completed_at: Mapped[datetime | None] = utc()
    # Until when an open order holds its seats; None for those that wait for nobody.
    expires_at: Mapped[datetime | None] = utc()
    # The tax as it was when the order was priced, for invoices; None where there was none.
    tax_name: Mapped[str | None] = mapped_column(Text)
    tax_rate: Mapped[Decimal | None] = mapped_column(Numeric(7, 4))
    is_tax_included: Mapped[bool] = mapped_column(server_default="false")
    event_id: Mapped[int] = reference("events.id", ondelete="RESTRICT")
    user_id: Mapped[int | None] = reference("users.id", ondelete="SET NULL")
    marketer_id: Mapped[int | None] = reference("users.id", ondelete="SET NULL")
    discount_code_id: Mapped[int | None] = reference("discount_codes.id", ondelete="RESTRICT")
    access_code_id: Mapped[int | None] = reference("access_codes.id", ondelete="RESTRICT")
    # The contract shows the code's id as a text.
    discount_code_reference: Mapped[str | None] = column_property(cast(discount_code_id, Text))

    # What the door sells in a request: attendees are made of it, and it is never stored.
    on_site_tickets = None

    event: Mapped[Event] = relationship(backref=backref("orders", lazy="raise", passive_deletes="all"))
    user: Mapped[User | None] = relationship(foreign_keys=user_id)
    marketer: Mapped[User | None] = relationship(foreign_keys=marketer_id)
    discount_code: Mapped[DiscountCode | None] = relationship()
    tickets: Mapped[list[Ticket]] = relationship(
        secondary="order_lines",
        viewonly=True,
        lazy="raise",
        backref=backref("orders", viewonly=True, lazy="raise", sync_backref=False),
    )

    @property
    def is_over(self) -> bool:
        """Whether the order's time has run out, though it may not be marked as expired yet."""
        return self.status in OPEN and self.expires_at is not None and self.expires_at <= datetime.now(UTC)


class InvoiceSeries(db.Model):  # type: ignore[name-defined,misc]
    """The last number an organizer's series of invoices has used; its row is locked for each, so that none is left out.

    A series is named for the owner of the events by their id, or for an event without an owner by E and its id.
    """

    __tablename__ = "invoice_series"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    last_number: Mapped[int] = mapped_column(Integer)


class Invoice(db.Model):  # type: ignore[name-defined,misc]
    """What the invoice of an order says, in printed values; written when it is first made, and never changed."""

    __tablename__ = "invoices"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    issued_at: Mapped[datetime] = utc()
    content: Mapped[Any] = mapped_column(JSONB)


class OrderLine(Row):
    """One ticket type of an order at one price, with everything as it was charged.

    `price` and `unit_discount` are for a unit, of which the discount code covers `discounted`; `discount_amount`,
    `fee_amount` and `tax_amount` are for the line. `accessed` units were bought by the order's access code.
    """

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "ticket_id", "price"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("price >= 0 AND discount_amount >= 0 AND fee_amount >= 0 AND tax_amount >= 0", name="amounts"),
        CheckConstraint("unit_discount BETWEEN 0 AND price", name="unit_discount"),
        CheckConstraint("discounted BETWEEN 0 AND quantity AND accessed BETWEEN 0 AND quantity", name="uses"),
    )

    order_id: Mapped[int] = reference("orders.id")
    ticket_id: Mapped[int] = reference("tickets.id", ondelete="RESTRICT")
    quantity: Mapped[int] = mapped_column(Integer)
    price: Mapped[Decimal] = mapped_column(AMOUNT)
    discounted: Mapped[int] = mapped_column(Integer, server_default="0")
    unit_discount: Mapped[Decimal] = mapped_column(AMOUNT, server_default="0")
    accessed: Mapped[int] = mapped_column(Integer, server_default="0")
    discount_amount: Mapped[Decimal] = mapped_column(AMOUNT, server_default="0")
    fee_amount: Mapped[Decimal] = mapped_column(AMOUNT, server_default="0")
    tax_amount: Mapped[Decimal] = mapped_column(AMOUNT, server_default="0")

    order: Mapped[Order] = relationship(backref=backref("lines", lazy="raise", passive_deletes=True))
    ticket: Mapped[Ticket] = relationship()


class Tag(Row, SoftDeleted):
    """A label that an event's people give attendees."""

    __tablename__ = "tags"
    __table_args__ = (
        Index("uq_tags_name", "event_id", "name", unique=True, postgresql_where=text("deleted_at IS NULL")),
    )

    name: Mapped[str] = mapped_column(Text)
    color: Mapped[str | None] = mapped_column(Text)
    is_read_only: Mapped[bool] = mapped_column(server_default="false")
    event_id: Mapped[int] = reference("events.id")

    event: Mapped[Event] = relationship(backref=backref("tags", lazy="raise", passive_deletes=True))


class Attendee(Row, SoftDeleted, Created):
    """Somebody who attends an event by a ticket; without an order until one is placed for them."""

    __tablename__ = "attendees"
    __table_args__ = (
        UniqueConstraint("order_id", "identifier"),
        Index("ix_attendees_email", func.lower(text("email"))),
        Index("ix_attendees_without_order", "created_at", postgresql_where=text("order_id IS NULL")),
    )

    identifier: Mapped[str] = mapped_column(Text)
    firstname: Mapped[str | None] = mapped_column(Text)
    lastname: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    job_title: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    tax_business_info: Mapped[str | None] = mapped_column(Text)
    billing_address: Mapped[str | None] = mapped_column(Text)
    home_address: Mapped[str | None] = mapped_column(Text)
    shipping_address: Mapped[str | None] = mapped_column(Text)
    company: Mapped[str | None] = mapped_column(Text)
    work_address: Mapped[str | None] = mapped_column(Text)
    work_phone: Mapped[str | None] = mapped_column(Text)
    website: Mapped[str | None] = mapped_column(Text)
    blog: Mapped[str | None] = mapped_column(Text)
    twitter: Mapped[str | None] = mapped_column(Text)
    facebook: Mapped[str | None] = mapped_column(Text)
    github: Mapped[str | None] = mapped_column(Text)
    instagram: Mapped[str | None] = mapped_column(Text)
    linkedin: Mapped[str | None] = mapped_column(Text)
    gender: Mapped[str | None] = mapped_column(Text)
    accept_video_recording: Mapped[bool | None]
    accept_share_details: Mapped[bool | None]
    accept_receive_emails: Mapped[bool | None]
    age_group: Mapped[str | None] = mapped_column(Text)
    home_wiki: Mapped[str | None] = mapped_column(Text)
    wiki_scholarship: Mapped[str | None] = mapped_column(Text)
    birth_date: Mapped[datetime | None] = utc()
    is_checked_in: Mapped[bool] = mapped_column(server_default="false")
    device_name_checkin: Mapped[str | None] = mapped_column(Text)
    checkin_times: Mapped[str | None] = mapped_column(Text)
    checkout_times: Mapped[str | None] = mapped_column(Text)
    attendee_notes: Mapped[str | None] = mapped_column(Text)
    is_checked_out: Mapped[bool] = mapped_column(server_default="false")
    is_registered: Mapped[bool] = mapped_column(server_default="false")
    register_times: Mapped[str | None] = mapped_column(Text)
    pdf_url: Mapped[str | None] = mapped_column(Text)
    complex_field_values: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    is_consent_form_field: Mapped[bool | None]
    is_consent_of_refund_policy: Mapped[bool] = mapped_column(server_default="false")
    native_language: Mapped[str | None] = mapped_column(Text)
    fluent_language: Mapped[str | None] = mapped_column(Text)
    is_consent_form_field_photo: Mapped[bool | None]
    is_consent_form_field_email: Mapped[bool | None]
    is_badge_printed: Mapped[bool | None]
    badge_printed_at: Mapped[datetime | None] = utc()
    is_discount_applied: Mapped[bool | None]
    is_access_code_applied: Mapped[bool | None]
    pdf_key: Mapped[str | None] = mapped_column(Text)
    event_id: Mapped[int] = reference("events.id", ondelete="RESTRICT")
    ticket_id: Mapped[int] = reference("tickets.id", ondelete="RESTRICT")
    # The contract shows the ticket's id as a text.
    ticket_reference: Mapped[str] = column_property(cast(ticket_id, Text))
    order_id: Mapped[int | None] = reference("orders.id")
    # At which price the attendee comes: an order can have one ticket at several, as donations.
    order_line_id: Mapped[int | None] = reference("order_lines.id", ondelete="SET NULL")
    created_by_id: Mapped[int | None] = reference("users.id", ondelete="SET NULL")
    tag_id: Mapped[int | None] = reference("tags.id", ondelete="SET NULL")

    event: Mapped[Event] = relationship(backref=backref("attendees", lazy="raise", passive_deletes="all"))
    ticket: Mapped[Ticket] = relationship(backref=backref("attendees", lazy="raise", passive_deletes="all"))
    order: Mapped[Order | None] = relationship(backref=backref("attendees", lazy="raise", passive_deletes=True))
    tag: Mapped[Tag | None] = relationship()
    # The account with the attendee's address; nothing is stored, so that a changed address changes it. Deleted
    # accounts have given theirs up.
    user: Mapped[User | None] = relationship(
        primaryjoin=lambda: func.lower(foreign(Attendee.email)) == func.lower(remote(User.email)),
        viewonly=True,
        uselist=False,
        lazy="raise",
        backref=backref("attendees", viewonly=True, uselist=True, lazy="raise", sync_backref=False),
    )


def _apart(column: Any, name: str) -> Any:
    """The column under this name, as one that the ORM does not take for the table's own."""
    return type_coerce(column, BigInteger).label(name)


# Somebody's orders are those they have bought and those they attend by; the latter follow from an address they own.
_people_of_orders = union(
    select(_apart(Order.user_id, "user_id"), _apart(Order.id, "order_id")),
    select(_apart(User.id, "user_id"), _apart(Attendee.order_id, "order_id"))
    .join(Attendee, func.lower(Attendee.email) == func.lower(User.email))
    .where(User.is_verified, User.deleted_at.is_(None), Attendee.deleted_at.is_(None)),
).subquery("people_of_orders")

User.orders = relationship(  # type: ignore[attr-defined]
    Order,
    secondary=_people_of_orders,
    primaryjoin=lambda: User.id == _people_of_orders.c.user_id,
    secondaryjoin=lambda: _people_of_orders.c.order_id == Order.id,
    viewonly=True,
    lazy="raise",
)

# Payments know orders by their numbers alone; what leads from one to the other is known here.
Payment.order = relationship(Order)  # type: ignore[attr-defined]
Refund.order = relationship(Order, backref=backref("refunds", lazy="raise", passive_deletes="all"))  # type: ignore[attr-defined]
