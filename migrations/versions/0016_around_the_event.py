"""Sponsors, exhibitors, social links, questions with answers, copyright"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

VERSIONED = ("sponsors", "exhibitors", "social_links", "faq_types", "faqs", "event_copyrights")


def _row(*, soft_deleted: bool = True) -> list[Any]:
    columns: list[Any] = [
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("nextval('row_versions')"), nullable=False),
    ]
    if soft_deleted:
        columns.append(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    return columns


def _text(name: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _of_event(table: str) -> list[Any]:
    return [
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f(f"fk_{table}_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    _make_sponsors_and_exhibitors()
    _make_links_and_questions()
    _make_copyrights()
    for table in VERSIONED:
        op.create_index(op.f(f"ix_{table}_event_id"), table, ["event_id"])
        op.execute(
            f"CREATE TRIGGER raise_version BEFORE UPDATE ON {table} FOR EACH ROW "
            "WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION raise_version()"
        )


def _make_sponsors_and_exhibitors() -> None:
    op.create_table(
        "sponsors",
        *_row(),
        _text("name", nullable=False),
        *map(_text, ("description", "url", "logo_url", "type")),
        sa.Column("level", sa.Integer(), nullable=True),
        *_of_event("sponsors"),
    )
    op.create_table(
        "exhibitors",
        *_row(soft_deleted=False),
        _text("name", nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        *map(_text, ("description", "url", "logo_url", "banner_url", "thumbnail_image_url")),
        *map(_text, ("video_url", "slides_url", "contact_email", "contact_link")),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("enable_video_room", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("social_links", sa.dialects.postgresql.JSONB(), nullable=True),
        sa.CheckConstraint("status IN ('pending', 'accepted')", name=op.f("ck_exhibitors_status")),
        *_of_event("exhibitors"),
    )
    op.create_table(
        "exhibitors_sessions",
        sa.Column("exhibitor_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exhibitor_id"],
            ["exhibitors.id"],
            name=op.f("fk_exhibitors_sessions_exhibitor_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_exhibitors_sessions_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("exhibitor_id", "session_id", name=op.f("pk_exhibitors_sessions")),
    )
    op.create_index(op.f("ix_exhibitors_sessions_session_id"), "exhibitors_sessions", ["session_id"])


def _make_links_and_questions() -> None:
    op.create_table(
        "social_links",
        *_row(),
        *(_text(name, nullable=False) for name in ("name", "link", "identifier")),
        sa.CheckConstraint("identifier ~ '^[0-9a-f]{8}$'", name=op.f("ck_social_links_identifier")),
        sa.UniqueConstraint("identifier", name=op.f("uq_social_links_identifier")),
        *_of_event("social_links"),
    )
    op.create_table("faq_types", *_row(soft_deleted=False), _text("name", nullable=False), *_of_event("faq_types"))
    op.create_table(
        "faqs",
        *_row(),
        _text("question", nullable=False),
        _text("answer", nullable=False),
        sa.Column("faq_type_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["faq_type_id"], ["faq_types.id"], name=op.f("fk_faqs_faq_type_id"), ondelete="SET NULL"
        ),
        *_of_event("faqs"),
    )
    op.create_index(op.f("ix_faqs_faq_type_id"), "faqs", ["faq_type_id"])


def _make_copyrights() -> None:
    op.create_table(
        "event_copyrights",
        *_row(),
        _text("licence", nullable=False),
        *map(_text, ("holder", "holder_url", "licence_url", "logo_url")),
        sa.Column("year", sa.Integer(), nullable=True),
        *_of_event("event_copyrights"),
    )
    op.create_index(
        "uq_event_copyrights_event_id",
        "event_copyrights",
        ["event_id"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )


def downgrade() -> None:
    for table in ("exhibitors_sessions", "faqs", *(each for each in VERSIONED if each != "faqs")):
        op.drop_table(table)
