"""Taxes of events, fees on tickets, and notifications"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

TABLES = ("taxes", "ticket_fees", "notifications")


def upgrade() -> None:
    _create_taxes()
    _create_ticket_fees()
    _create_notifications()
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER raise_version BEFORE UPDATE ON {table} FOR EACH ROW "
            "WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION raise_version()"
        )


def _create_taxes() -> None:
    op.create_table(
        "taxes",
        _id(),
        sa.Column("name", sa.Text(), server_default="", nullable=True),
        sa.Column("rate", sa.Numeric(precision=7, scale=4), server_default="0", nullable=True),
        _no("is_tax_included_in_price"),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("tax_id", sa.Text(), server_default="", nullable=True),
        _no("should_send_invoice"),
        _no("is_invoice_sent"),
        sa.Column("registered_company", sa.Text(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("zip", sa.Text(), nullable=True),
        sa.Column("invoice_footer", sa.Text(), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        _version(),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("rate BETWEEN 0 AND 100", name=op.f("ck_taxes_rate")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_taxes_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxes")),
    )
    op.create_index(op.f("ix_taxes_event_id"), "taxes", ["event_id"])
    op.create_index(
        "uq_taxes_event_id", "taxes", ["event_id"], unique=True, postgresql_where=sa.text("deleted_at IS NULL")
    )


def _create_ticket_fees() -> None:
    op.create_table(
        "ticket_fees",
        _id(),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("service_fee", sa.Numeric(precision=7, scale=4), nullable=True),
        sa.Column("maximum_fee", sa.Numeric(precision=13, scale=3), nullable=True),
        _version(),
        sa.CheckConstraint("service_fee >= 0 AND maximum_fee >= 0", name=op.f("ck_ticket_fees_fees")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_fees")),
    )
    op.create_index(
        "uq_ticket_fees_currency_country",
        "ticket_fees",
        [sa.text("coalesce(currency, '')"), sa.text("lower(coalesce(country, ''))")],
        unique=True,
    )


def _create_notifications() -> None:
    op.create_table(
        "notifications",
        _id(),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        _no("is_read"),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        _version(),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notifications_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("user_id", "occasion", name=op.f("uq_notifications_user_id_occasion")),
    )
    op.create_index("ix_notifications_created_at", "notifications", ["created_at"])


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _version() -> sa.Column:
    return sa.Column("version", sa.BigInteger(), server_default=sa.text("nextval('row_versions')"), nullable=False)


def _no(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), server_default="false", nullable=False)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
