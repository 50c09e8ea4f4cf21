"""Groups of events, those who run them, and those who follow them"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

RAISE_VERSION = (
    "CREATE TRIGGER raise_version BEFORE UPDATE ON {table} FOR EACH ROW "
    "WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION raise_version()"
)
# Counted up and down under the lock of the group's row, so that nobody who follows at one time is lost.
COUNT_FOLLOWERS = """
CREATE FUNCTION count_followers() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE groups SET follower_count = follower_count + CASE WHEN TG_OP = 'INSERT' THEN 1 ELSE -1 END
    WHERE id IN (OLD.group_id, NEW.group_id);
    RETURN NULL;
END $$
"""


def _key() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return (
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("nextval('row_versions')"), nullable=False),
    )


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def _created() -> sa.Column[Any]:
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def upgrade() -> None:
    _make_groups()
    _make_roles()
    _make_followers()
    op.add_column("events", sa.Column("group_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_events_group_id"), "events", "groups", ["group_id"], ["id"], ondelete="SET NULL")
    op.create_index(op.f("ix_events_group_id"), "events", ["group_id"])


def _make_groups() -> None:
    op.create_table(
        "groups",
        *_key(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("social_links", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("logo_url", sa.Text(), nullable=True),
        sa.Column("banner_url", sa.Text(), nullable=True),
        sa.Column("thumbnail_image_url", sa.Text(), nullable=True),
        sa.Column("is_promoted", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("follower_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        _created(),
        sa.CheckConstraint("follower_count >= 0", name=op.f("ck_groups_follower_count")),
        _reference("groups", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
    )
    op.create_index(op.f("ix_groups_user_id"), "groups", ["user_id"])
    promoted = sa.text("is_promoted AND deleted_at IS NULL")
    op.create_index("ix_groups_promoted", "groups", ["id"], postgresql_where=promoted)
    op.execute(RAISE_VERSION.format(table="groups"))


def _make_roles() -> None:
    op.create_table(
        "users_groups_roles",
        *_key(),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("role_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("NOT accepted OR user_id IS NOT NULL", name=op.f("ck_users_groups_roles_accepted_by_user")),
        _reference("users_groups_roles", "group_id", "groups"),
        _reference("users_groups_roles", "user_id", "users"),
        _reference("users_groups_roles", "role_id", "roles"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users_groups_roles")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_users_groups_roles_secret_hash")),
    )
    once = ["group_id", sa.text("lower(email)"), "role_id"]
    op.create_index("uq_users_groups_roles_email", "users_groups_roles", once, unique=True)
    for column in ("user_id", "role_id"):
        op.create_index(op.f(f"ix_users_groups_roles_{column}"), "users_groups_roles", [column])
    op.execute(RAISE_VERSION.format(table="users_groups_roles"))


def _make_followers() -> None:
    op.create_table(
        "user_follow_groups",
        *_key(),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        _created(),
        _reference("user_follow_groups", "user_id", "users"),
        _reference("user_follow_groups", "group_id", "groups"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_follow_groups")),
        sa.UniqueConstraint("user_id", "group_id", name=op.f("uq_user_follow_groups_user_id_group_id")),
    )
    op.create_index(op.f("ix_user_follow_groups_group_id"), "user_follow_groups", ["group_id"])
    op.execute(RAISE_VERSION.format(table="user_follow_groups"))
    op.get_bind().exec_driver_sql(COUNT_FOLLOWERS)
    op.execute(
        "CREATE TRIGGER count_followers AFTER INSERT OR DELETE ON user_follow_groups FOR EACH ROW "
        "EXECUTE FUNCTION count_followers()"
    )


def downgrade() -> None:
    op.drop_column("events", "group_id")
    for table in ("user_follow_groups", "users_groups_roles", "groups"):
        op.drop_table(table)
    op.execute("DROP FUNCTION count_followers")
