"""The tax of an event, and the fees on tickets."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric, Text, and_, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event
from app.jsonapi.model import Row, SoftDeleted, reference
from app.tickets.models import AMOUNT

PERCENTAGE = Numeric(7, 4)


class Tax(Row, SoftDeleted):
    """The tax on the tickets of an event, and who it is paid by; each event has one at most."""

    __tablename__ = "taxes"
    __table_args__ = (
        CheckConstraint("rate BETWEEN 0 AND 100", name="rate"),
        Index("uq_taxes_event_id", "event_id", unique=True, postgresql_where=text("deleted_at IS NULL")),
    )

    name: Mapped[str | None] = mapped_column(Text, server_default="")
    rate: Mapped[Decimal | None] = mapped_column(PERCENTAGE, server_default="0")  # Per cent.
    is_tax_included_in_price: Mapped[bool] = mapped_column(server_default="false")
    country: Mapped[str | None] = mapped_column(Text)
    tax_id: Mapped[str | None] = mapped_column(Text, server_default="")
    should_send_invoice: Mapped[bool] = mapped_column(server_default="false")
    is_invoice_sent: Mapped[bool] = mapped_column(server_default="false")
    registered_company: Mapped[str | None] = mapped_column(Text)
    contact_name: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(Text)
    zip: Mapped[str | None] = mapped_column(Text)
    invoice_footer: Mapped[str | None] = mapped_column(Text)
    event_id: Mapped[int] = reference("events.id")

    event: Mapped[Event] = relationship()


# Deleted taxes are left out here, because of the others there is one.
Event.tax = relationship(  # type: ignore[attr-defined]
    Tax,
    primaryjoin=lambda: and_(Event.id == Tax.event_id, Tax.deleted_at.is_(None)),
    uselist=False,
    viewonly=True,
    lazy="raise",
)


class TicketFee(Row):
    """The installation's fee on tickets that are sold in a currency: a share of a line's price, up to a maximum."""

    __tablename__ = "ticket_fees"
    __table_args__ = (
        CheckConstraint("service_fee >= 0 AND maximum_fee >= 0", name="fees"),
        Index(
            "uq_ticket_fees_currency_country",
            func.coalesce(text("currency"), text("''")),
            func.lower(func.coalesce(text("country"), text("''"))),
            unique=True,
        ),
    )

    currency: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    service_fee: Mapped[Decimal | None] = mapped_column(PERCENTAGE)  # Per cent of the price; none where null.
    maximum_fee: Mapped[Decimal | None] = mapped_column(AMOUNT)  # For all tickets of a line; without bound where null.
