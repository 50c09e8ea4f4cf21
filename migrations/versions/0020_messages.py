"""The log of mails, what kinds of messages are on, what people want to hear by mail, and encrypted settings"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.encryption import Undecipherable, decrypt, encrypt

revision = "0020"
down_revision = "0019"

TABLES = ("message_settings", "notification_settings", "mails", "email_notifications")
ACTIONS = (
    "user_registration", "user_confirmation", "user_change_email", "new_session", "password_reset",
    "password_change", "password_reset_verify", "event_role", "speaker_invite", "group_role",
    "session_state_change", "ticket_purchased", "ticket_purchased_attendee", "ticket_purchased_organizer",
    "ticket_cancelled", "event_exported", "event_export_fail", "event_imported", "event_import_fail",
    "monthly_payment", "after_event", "after_event_speaker", "monthly_payment_follow_up",
    "monthly_payment_pre_due", "monthly_payment_post_due", "test_mail", "contact_organizers",
    "contact_group_organizers", "video_moderator_invite", "ticket_sales_end", "ticket_sales_end_tomorrow",
    "ticket_sales_end_next_week", "announce_event", "order_expired", "payment_returned", "refunded",
    "refund_failed",
)  # fmt: skip
TYPES = (
    "event_role", "monthly_payment", "new_session", "session_state_change", "ticket_cancelled",
    "ticket_cancelled_organizer", "ticket_purchased", "ticket_purchased_attendee",
    "ticket_purchased_organizer", "speaker_invite",
)  # fmt: skip
SECRETS = (
    "aws_secret", "gs_secret", "google_recaptcha_secret", "google_client_secret", "fb_client_secret",
    "tw_consumer_secret", "in_client_secret", "stripe_secret_key", "stripe_test_secret_key", "paypal_secret",
    "paypal_sandbox_secret", "omise_test_secret", "omise_live_secret", "alipay_secret_key", "paytm_live_secret",
    "paytm_sandbox_secret", "sendgrid_key", "smtp_password", "rocket_chat_registration_secret",
)  # fmt: skip
KEEP_EMAIL_NOTIFICATIONS = """
CREATE FUNCTION keep_email_notifications() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO email_notifications (user_id, event_id) VALUES (NEW.user_id, NEW.event_id)
    ON CONFLICT (user_id, event_id) WHERE deleted_at IS NULL DO NOTHING;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    _create_settings("message_settings", "action", ACTIONS)
    _create_settings("notification_settings", "type", TYPES)
    _create_mails()
    _create_email_notifications()
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER raise_version BEFORE UPDATE ON {table} FOR EACH ROW "
            "WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION raise_version()"
        )
    op.create_index("ix_notifications_unread", "notifications", ["user_id"], postgresql_where=sa.text("NOT is_read"))
    _encrypt_secrets()


def _create_settings(table: str, name: str, rows: tuple[str, ...]) -> None:
    op.create_table(
        table,
        _id(),
        sa.Column(name, sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default="true", nullable=False),
        _version(),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(name, name=op.f(f"uq_{table}_{name}")),
    )
    op.bulk_insert(sa.table(table, sa.column(name)), [{name: row} for row in rows])


def _create_mails() -> None:
    op.create_table(
        "mails",
        _id(),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        _version(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index("ix_mails_time", "mails", ["time"])
    op.create_index("ix_mails_action_time", "mails", ["action", "time"])
    op.create_index("ix_mails_recipient", "mails", ["recipient"])


def _create_email_notifications() -> None:
    table = "email_notifications"
    op.create_table(
        table,
        _id(),
        *(_wish(name, "false") for name in ("next_event", "new_paper", "session_accept_reject", "session_schedule")),
        _wish("after_ticket_purchase", "true"),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        _version(),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id_users"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f(f"fk_{table}_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_user_id"), table, ["user_id"])
    op.create_index(op.f(f"ix_{table}_event_id"), table, ["event_id"])
    op.create_index(
        f"uq_{table}_user_id_event_id",
        table,
        ["user_id", "event_id"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.execute(f"INSERT INTO {table} (user_id, event_id) SELECT DISTINCT user_id, event_id FROM users_events_roles")
    op.execute(KEEP_EMAIL_NOTIFICATIONS)
    op.execute(
        "CREATE TRIGGER keep_email_notifications AFTER INSERT ON users_events_roles "
        "FOR EACH ROW EXECUTE FUNCTION keep_email_notifications()"
    )


def _encrypt_secrets() -> None:
    """Nothing that is stored asks for the app's key; where something is, the app has one."""
    stored = _stored()
    for name in SECRETS:
        op.execute(f"ALTER TABLE settings ALTER COLUMN {name} TYPE bytea USING NULL")
    _store({name: encrypt(text.encode()) for name, text in stored.items()})


def _decrypt_secrets() -> None:
    """What was encrypted by another key is lost."""
    readable = {}
    for name, secret in _stored().items():
        try:
            readable[name] = decrypt(bytes(secret)).decode()
        except Undecipherable:
            continue
    for name in SECRETS:
        op.execute(f"ALTER TABLE settings ALTER COLUMN {name} TYPE text USING NULL")
    _store(readable)


def _stored() -> dict[str, object]:
    """The secrets of the one record there is, those that are given."""
    found = op.get_bind().execute(sa.text(f"SELECT {', '.join(SECRETS)} FROM settings")).mappings().first()
    return {name: value for name, value in (found or {}).items() if value is not None}


def _store(values: dict[str, object]) -> None:
    if values:
        given = ", ".join(f"{name} = :{name}" for name in values)
        op.get_bind().execute(sa.text(f"UPDATE settings SET {given}"), values)


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _version() -> sa.Column:
    return sa.Column("version", sa.BigInteger(), server_default=sa.text("nextval('row_versions')"), nullable=False)


def _wish(name: str, default: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), server_default=default, nullable=True)


def downgrade() -> None:
    _decrypt_secrets()
    op.drop_index("ix_notifications_unread", "notifications")
    op.execute("DROP FUNCTION keep_email_notifications CASCADE")
    for table in TABLES:
        op.drop_table(table)
