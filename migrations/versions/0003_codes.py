"""Discount codes and access codes, and how often each was used"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

CODES = {"discount": "discount_codes", "access": "access_codes"}
RAISE_VERSION = (
    "CREATE TRIGGER raise_version BEFORE UPDATE ON {table} FOR EACH ROW "
    "WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION raise_version()"
)
KEEP_USES = """
CREATE FUNCTION keep_{kind}_code_uses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO {kind}_code_uses ({kind}_code_id, capacity) VALUES (NEW.id, NEW.tickets_number)
    ON CONFLICT ({kind}_code_id) DO UPDATE SET capacity = EXCLUDED.capacity;
    RETURN NULL;
END $$
"""
KEPT_USES = (
    "CREATE TRIGGER keep_{kind}_code_uses AFTER INSERT OR UPDATE OF tickets_number ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION keep_{kind}_code_uses()"
)


def upgrade() -> None:
    _create_discount_codes()
    _create_access_codes()
    for kind, table in CODES.items():
        _create_ticket_links(kind, table)
        _create_uses(kind, table)
        op.execute(RAISE_VERSION.format(table=table))
        op.get_bind().exec_driver_sql(KEEP_USES.format(kind=kind))
        op.execute(KEPT_USES.format(kind=kind, table=table))
    op.add_column("events", sa.Column("discount_code_id", sa.BigInteger(), nullable=True))
    op.create_index("ix_events_discount_code_id", "events", ["discount_code_id"])
    op.create_foreign_key(
        "fk_events_discount_code_id", "events", "discount_codes", ["discount_code_id"], ["id"], ondelete="SET NULL"
    )


def _create_discount_codes() -> None:
    op.create_table(
        "discount_codes",
        _id(),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("discount_url", sa.Text(), nullable=True),
        sa.Column("value", sa.Numeric(13, 3), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("tickets_number", sa.Integer(), nullable=True),
        sa.Column("min_quantity", sa.Integer(), nullable=True),
        sa.Column("max_quantity", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_till", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_for", sa.Text(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("marketer_id", sa.BigInteger(), nullable=True),
        _version(),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("type IN ('amount', 'percent')", name="type"),
        sa.CheckConstraint("used_for IN ('event', 'ticket')", name="used_for"),
        sa.CheckConstraint("used_for = 'event' OR event_id IS NOT NULL", name="ticket_code_of_event"),
        sa.CheckConstraint("value >= 0 AND (type = 'amount' OR value <= 100)", name="value"),
        *_common_constraints("discount_codes"),
    )
    _create_indices("discount_codes")


def _create_access_codes() -> None:
    op.create_table(
        "access_codes",
        _id(),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("access_url", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("tickets_number", sa.Integer(), nullable=True),
        sa.Column("min_quantity", sa.Integer(), nullable=True),
        sa.Column("max_quantity", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_till", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("marketer_id", sa.BigInteger(), nullable=True),
        _version(),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        *_common_constraints("access_codes"),
    )
    _create_indices("access_codes")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.BigInteger(), server_default=sa.text("nextval('row_versions')"), nullable=False)


def _common_constraints(table: str) -> list[sa.Constraint]:
    return [
        sa.CheckConstraint("tickets_number >= 0 AND min_quantity >= 0 AND max_quantity >= 0", name="numbers"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=f"fk_{table}_event_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["marketer_id"], ["users.id"], name=f"fk_{table}_marketer_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    ]


def _create_indices(table: str) -> None:
    op.create_index(f"ix_{table}_event_id", table, ["event_id"])
    op.create_index(f"ix_{table}_marketer_id", table, ["marketer_id"])
    op.create_index(
        f"uq_{table}_code",
        table,
        ["event_id", sa.text("lower(code)")],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )


def _create_ticket_links(kind: str, table: str) -> None:
    links, code_id = f"{table}_tickets", f"{kind}_code_id"
    op.create_table(
        links,
        sa.Column(code_id, sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint([code_id], [f"{table}.id"], name=f"fk_{links}_{code_id}", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=f"fk_{links}_ticket_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(code_id, "ticket_id", name=f"pk_{links}"),
    )
    op.create_index(f"ix_{links}_ticket_id", links, ["ticket_id"])


def _create_uses(kind: str, table: str) -> None:
    uses, code_id = f"{kind}_code_uses", f"{kind}_code_id"
    op.create_table(
        uses,
        sa.Column(code_id, sa.BigInteger(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("used >= 0 AND (capacity IS NULL OR used <= capacity)", name="not_overused"),
        sa.ForeignKeyConstraint([code_id], [f"{table}.id"], name=f"fk_{uses}_{code_id}", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(code_id, name=f"pk_{uses}"),
    )


def downgrade() -> None:
    op.drop_column("events", "discount_code_id")
    for kind, table in CODES.items():
        op.drop_table(f"{kind}_code_uses")
        op.drop_table(f"{table}_tickets")
        op.drop_table(table)
        op.execute(f"DROP FUNCTION keep_{kind}_code_uses")
