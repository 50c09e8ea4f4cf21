"""The accounts events are paid to, the payments of orders, what was given back of them, and providers' messages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index, Integer, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.encryption import Encrypted
from app.events.models import Event
from app.extensions import db
from app.jsonapi.model import Created, Row, reference, utc
from app.tickets.models import AMOUNT

PROVIDERS = ("stripe", "paypal")
# How the payer agrees: by a card's token, in the browser by an intent's secret, on the provider's own page, or in the
# payer's own app, which then names the payment to us.
KINDS = ("token", "intent", "approval", "reported")
# A started payment was asked for and the answer is not known; a waiting one waits for its payer.
UNDER_WAY = ("started", "waiting")
PAYMENT_STATES = (*UNDER_WAY, "succeeded", "failed", "cancelled")
REFUNDS_UNDER_WAY = ("requested", "pending")
REFUND_STATES = (*REFUNDS_UNDER_WAY, "succeeded", "failed")
CAUSES = ("cancelled", "attendee removed", "too late", "paid twice", "not as ordered")


class StripeAuthorization(Row):
    """That an event is paid to a Stripe account of its organizer's; the secrets are never shown again."""

    __tablename__ = "stripe_authorizations"

    stripe_secret_key: Mapped[str | None] = mapped_column(Encrypted)
    stripe_refresh_token: Mapped[str | None] = mapped_column(Encrypted)
    stripe_publishable_key: Mapped[str | None] = mapped_column(Text)
    stripe_user_id: Mapped[str | None] = mapped_column(Text)
    stripe_email: Mapped[str | None] = mapped_column(Text)
    event_id: Mapped[int] = reference("events.id", index=False, unique=True)

    event: Mapped[Event] = relationship(
        # Only to look at, else a second one would take the event away from the one that is there.
        backref=backref("stripe_authorization", uselist=False, lazy="raise", viewonly=True)
    )

    # What stands for the keys in requests; it is exchanged and never stored.
    stripe_auth_code = None


class _Charged(Row):
    """What a payment shows of itself as a charge: what the payer was told in this request, else how it stands."""

    __abstract__ = True

    told: tuple[bool, str] | None = None


class Payment(_Charged, Created):
    """One attempt to pay an order through a provider.

    `key` is ours and makes asking twice harmless; `provider_id` is the provider's, once it is known. `amount` and
    `currency` are what was asked for, `paid` and `paid_currency` what came, `refunded` how much of that goes back.
    `source` (a card's token, a payer's id) is kept only until the provider's answer is known.
    """

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint(f"provider IN {PROVIDERS}", name="provider"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"state IN {PAYMENT_STATES}", name="state"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("refunded BETWEEN 0 AND paid", name="refunded"),
        CheckConstraint("source IS NULL OR state IN ('started', 'waiting')", name="source"),
        # A payment counts once, for one order; and an order has one payment under way.
        UniqueConstraint("provider", "provider_id"),
        Index(
            "uq_payments_under_way",
            "order_id",
            unique=True,
            postgresql_where=text("state IN ('started', 'waiting')"),
        ),
        Index("ix_payments_asked", "asked_at", postgresql_where=text("state IN ('started', 'waiting')")),
    )

    order_id: Mapped[int] = reference("orders.id", ondelete="RESTRICT")
    provider: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text, unique=True)
    provider_id: Mapped[str | None] = mapped_column(Text)
    account: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    currency: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="started")
    reason: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Encrypted)
    url: Mapped[str | None] = mapped_column(Text)
    transaction_id: Mapped[str | None] = mapped_column(Text)
    card: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    paid: Mapped[Decimal] = mapped_column(AMOUNT, server_default="0")
    paid_currency: Mapped[str | None] = mapped_column(Text)
    refunded: Mapped[Decimal] = mapped_column(AMOUNT, server_default="0")
    asked_at: Mapped[datetime] = utc(server_default=func.now())
    settled_at: Mapped[datetime | None] = utc()

    @property
    def status(self) -> bool:
        """Whether the charge went well."""
        return self.told[0] if self.told is not None else self.state == "succeeded"

    @property
    def message(self) -> str | None:
        """What there is to say of it."""
        return self.told[1] if self.told is not None else self.reason


class Refund(Row, Created):
    """Money of a payment that goes back to the payer, or did."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint(f"state IN {REFUND_STATES}", name="state"),
        CheckConstraint(f"cause IN {CAUSES}", name="cause"),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_refunds_asked", "asked_at", postgresql_where=text("state IN ('requested', 'pending')")),
        Index("ix_refunds_provider_id", "provider_id"),
    )

    payment_id: Mapped[int] = reference("payments.id", ondelete="RESTRICT")
    order_id: Mapped[int] = reference("orders.id", ondelete="RESTRICT")
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    currency: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="requested")
    reason: Mapped[str | None] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text, unique=True)
    provider_id: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    asked_at: Mapped[datetime] = utc(server_default=func.now())
    settled_at: Mapped[datetime | None] = utc()

    payment: Mapped[Payment] = relationship()


class ProviderEvent(db.Model):  # type: ignore[name-defined,misc]
    """That a provider's message was taken in: each is handled once, however often it is sent."""

    __tablename__ = "provider_events"

    provider: Mapped[str] = mapped_column(Text, primary_key=True)
    event_id: Mapped[str] = mapped_column(Text, primary_key=True)
    type: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = utc(server_default=func.now())
