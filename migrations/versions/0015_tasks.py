"""Work that somebody starts and asks about; the addresses of an event's feeds are told instead of stored"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0012"

FEEDS = ("pentabarf_url", "ical_url", "xcal_url")


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("starter_id", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("file_key", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("file_key IS NULL OR failure IS NULL", name=op.f("ck_tasks_one_outcome")),
        sa.ForeignKeyConstraint(
            ["starter_id"], ["users.id"], name=op.f("fk_tasks_starter_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_starter_id"), "tasks", ["starter_id"])
    op.create_index(op.f("ix_tasks_created_at"), "tasks", ["created_at"])
    for name in FEEDS:
        op.drop_column("events", name)


def downgrade() -> None:
    for name in FEEDS:
        op.add_column("events", sa.Column(name, sa.Text(), nullable=True))
    op.drop_table("tasks")
