"""What orders and their lines were charged, and until when orders hold their seats"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

AMOUNT = sa.Numeric(13, 3)
OPEN = sa.text("status IN ('initializing', 'pending')")
REFERENCES = {"marketer_id": "users", "discount_code_id": "discount_codes", "access_code_id": "access_codes"}
ORDER_COLUMNS = ("expires_at", "tax_name", "tax_rate", "is_tax_included", *REFERENCES)
LINE_COLUMNS = ("discounted", "unit_discount", "accessed")
AMOUNTS = "unit_discount BETWEEN 0 AND price"
USES = "discounted BETWEEN 0 AND quantity AND accessed BETWEEN 0 AND quantity"


def upgrade() -> None:
    _extend_orders()
    _extend_lines()
    op.add_column("attendees", sa.Column("order_line_id", sa.BigInteger()))
    _refer("attendees", "order_line_id", "order_lines", "SET NULL")
    _number_by_organizer()


def _extend_orders() -> None:
    op.add_column("orders", sa.Column("expires_at", sa.DateTime(timezone=True)))
    op.add_column("orders", sa.Column("tax_name", sa.Text()))
    op.add_column("orders", sa.Column("tax_rate", sa.Numeric(7, 4)))
    op.add_column("orders", sa.Column("is_tax_included", sa.Boolean(), server_default="false", nullable=False))
    for column, table in REFERENCES.items():
        op.add_column("orders", sa.Column(column, sa.BigInteger()))
        _refer("orders", column, table, "SET NULL" if table == "users" else "RESTRICT")
    op.drop_index("ix_orders_open", "orders")
    op.create_index("ix_orders_due", "orders", ["expires_at"], postgresql_where=OPEN)
    # Who was buying when this was installed gets the time a new order would have.
    op.execute(f"UPDATE orders SET expires_at = now() + interval '45 minutes' WHERE {OPEN} AND amount > 0")


def _extend_lines() -> None:
    op.add_column("order_lines", sa.Column("discounted", sa.Integer(), server_default="0", nullable=False))
    op.add_column("order_lines", sa.Column("unit_discount", AMOUNT, server_default="0", nullable=False))
    op.add_column("order_lines", sa.Column("accessed", sa.Integer(), server_default="0", nullable=False))
    op.create_check_constraint(op.f("ck_order_lines_unit_discount"), "order_lines", AMOUNTS)
    op.create_check_constraint(op.f("ck_order_lines_uses"), "order_lines", USES)


def _refer(table: str, column: str, target: str, ondelete: str) -> None:
    op.create_foreign_key(op.f(f"fk_{table}_{column}"), table, target, [column], ["id"], ondelete=ondelete)
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _number_by_organizer() -> None:
    """Numbers given so far keep their text, which named the event; those of organizers' series look different."""
    op.drop_table("invoice_series")
    op.create_table(
        "invoice_series",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_invoice_series")),
    )


def downgrade() -> None:
    op.drop_table("invoice_series")
    op.create_table(
        "invoice_series",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_invoice_series_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_invoice_series")),
    )
    op.drop_column("attendees", "order_line_id")
    for name in ("unit_discount", "uses"):
        op.drop_constraint(op.f(f"ck_order_lines_{name}"), "order_lines")
    for column in LINE_COLUMNS:
        op.drop_column("order_lines", column)
    op.drop_index("ix_orders_due", "orders")
    for column in ORDER_COLUMNS:
        op.drop_column("orders", column)
    op.create_index("ix_orders_open", "orders", ["created_at"], postgresql_where=OPEN)
