"""Labels of attendees"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "tags",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("nextval('row_versions')"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("color", sa.Text(), nullable=True),
        sa.Column("is_read_only", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_tags_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
    )
    op.create_index(op.f("ix_tags_event_id"), "tags", ["event_id"])
    op.create_index(
        "uq_tags_name", "tags", ["event_id", "name"], unique=True, postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.execute(
        "CREATE TRIGGER raise_version BEFORE UPDATE ON tags FOR EACH ROW "
        "WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION raise_version()"
    )
    op.add_column("attendees", sa.Column("tag_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_attendees_tag_id"), "attendees", "tags", ["tag_id"], ["id"], ondelete="SET NULL")
    op.create_index(op.f("ix_attendees_tag_id"), "attendees", ["tag_id"])


def downgrade() -> None:
    op.drop_column("attendees", "tag_id")
    op.drop_table("tags")
