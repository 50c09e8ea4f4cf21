"""Accounts at payment providers, payments and refunds"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

AMOUNT = sa.Numeric(13, 3)
TIME = sa.DateTime(timezone=True)
UNDER_WAY = "state IN ('started', 'waiting')"
VERSIONED = ("stripe_authorizations", "payments", "refunds")

# A refund takes its amount of what was paid when it is asked for, and gives it back should it fail. The check on the
# payment then keeps refunds from exceeding it, whoever asks for them at the same time.
COUNT_REFUNDS = """
CREATE FUNCTION count_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before numeric := CASE WHEN TG_OP = 'INSERT' OR OLD.state = 'failed' THEN 0 ELSE OLD.amount END;
    now_ numeric := CASE WHEN NEW.state = 'failed' THEN 0 ELSE NEW.amount END;
BEGIN
    IF before <> now_ THEN
        UPDATE payments SET refunded = refunded + now_ - before WHERE id = NEW.payment_id;
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    _make_stripe_authorizations()
    _make_payments()
    _make_refunds()
    op.create_table(
        "provider_events",
        sa.Column("provider", sa.Text(), primary_key=True),
        sa.Column("event_id", sa.Text(), primary_key=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("received_at", TIME, server_default=sa.func.now(), nullable=False),
    )
    connection = op.get_bind()
    for table in VERSIONED:
        op.execute(
            f'CREATE TRIGGER raise_version BEFORE UPDATE ON "{table}" FOR EACH ROW '
            "WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION raise_version()"
        )
    connection.exec_driver_sql(COUNT_REFUNDS)
    op.execute(
        "CREATE TRIGGER count_refunds AFTER INSERT OR UPDATE ON refunds FOR EACH ROW EXECUTE FUNCTION count_refunds()"
    )


def _row(*columns: sa.Column[object]) -> list[sa.Column[object]]:
    """The columns of a table the API shows."""
    version = sa.Column("version", sa.BigInteger(), server_default=sa.text("nextval('row_versions')"), nullable=False)
    return [sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True), *columns, version]


def _reference(name: str, target: str, ondelete: str, **options: object) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(target, ondelete=ondelete), nullable=False, **options)


def _text(name: str, **options: object) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), **{"nullable": False, **options})


def _optional(*names: str) -> list[sa.Column[object]]:
    return [_text(name, nullable=True) for name in names]


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, TIME, server_default=sa.func.now(), nullable=False)


def _make_stripe_authorizations() -> None:
    keys = ("stripe_publishable_key", "stripe_user_id", "stripe_email")
    op.create_table(
        "stripe_authorizations",
        *_row(
            sa.Column("stripe_secret_key", sa.LargeBinary()),
            sa.Column("stripe_refresh_token", sa.LargeBinary()),
            *_optional(*keys),
            _reference("event_id", "events.id", "CASCADE", unique=True),
        ),
    )


def _make_payments() -> None:
    op.create_table(
        "payments",
        *_row(
            _reference("order_id", "orders.id", "RESTRICT"),
            *(_text(name) for name in ("provider", "kind")),
            _text("key", unique=True),
            *_optional("provider_id"),
            _text("account"),
            sa.Column("amount", AMOUNT, nullable=False),
            _text("currency"),
            _text("state", server_default="started"),
            *_optional("reason", "url", "transaction_id"),
            sa.Column("source", sa.LargeBinary()),
            sa.Column("card", postgresql.JSONB()),
            sa.Column("paid", AMOUNT, server_default="0", nullable=False),
            *_optional("paid_currency"),
            sa.Column("refunded", AMOUNT, server_default="0", nullable=False),
            _now("asked_at"),
            sa.Column("settled_at", TIME),
            _now("created_at"),
        ),
        sa.CheckConstraint("provider IN ('stripe', 'paypal')", name="provider"),
        sa.CheckConstraint("kind IN ('token', 'intent', 'approval', 'reported')", name="kind"),
        sa.CheckConstraint("state IN ('started', 'waiting', 'succeeded', 'failed', 'cancelled')", name="state"),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.CheckConstraint("refunded BETWEEN 0 AND paid", name="refunded"),
        sa.CheckConstraint(f"source IS NULL OR {UNDER_WAY}", name="source"),
        sa.UniqueConstraint("provider", "provider_id"),
    )
    op.create_index("ix_payments_order_id", "payments", ["order_id"])
    where = sa.text(UNDER_WAY)
    op.create_index("uq_payments_under_way", "payments", ["order_id"], unique=True, postgresql_where=where)
    op.create_index("ix_payments_asked", "payments", ["asked_at"], postgresql_where=where)


def _make_refunds() -> None:
    causes = "('cancelled', 'attendee removed', 'too late', 'paid twice', 'not as ordered')"
    op.create_table(
        "refunds",
        *_row(
            _reference("payment_id", "payments.id", "RESTRICT"),
            _reference("order_id", "orders.id", "RESTRICT"),
            sa.Column("amount", AMOUNT, nullable=False),
            *(_text(name) for name in ("currency", "cause")),
            _text("state", server_default="requested"),
            *_optional("reason"),
            _text("key", unique=True),
            *_optional("provider_id"),
            sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
            _now("asked_at"),
            sa.Column("settled_at", TIME),
            _now("created_at"),
        ),
        sa.CheckConstraint("state IN ('requested', 'pending', 'succeeded', 'failed')", name="state"),
        sa.CheckConstraint(f"cause IN {causes}", name="cause"),
        sa.CheckConstraint("amount > 0", name="amount"),
    )
    for column in ("payment_id", "order_id", "provider_id"):
        op.create_index(f"ix_refunds_{column}", "refunds", [column])
    where = sa.text("state IN ('requested', 'pending')")
    op.create_index("ix_refunds_asked", "refunds", ["asked_at"], postgresql_where=where)


def downgrade() -> None:
    for table in ("provider_events", "refunds", "payments", "stripe_authorizations"):
        op.drop_table(table)
    op.execute("DROP FUNCTION count_refunds")
