"""The sizes of pictures, and the placeholders of sub-topics"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

TABLES = ("event_image_sizes", "speaker_image_sizes", "custom_placeholders")


def upgrade() -> None:
    _create_sizes("event_image_sizes", _sizes_of_events())
    _create_sizes("speaker_image_sizes", _sizes_of_people())
    _create_placeholders()
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER raise_version BEFORE UPDATE ON {table} FOR EACH ROW "
            "WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION raise_version()"
        )
    _insert_sizes()


def _head(table: str) -> list[sa.Column[int] | sa.PrimaryKeyConstraint]:
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("nextval('row_versions')"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _create_sizes(table: str, columns: list[sa.Column[int]]) -> None:
    only_row = sa.CheckConstraint("id = 1", name=op.f(f"ck_{table}_only_row"))
    op.create_table(table, *_head(table), sa.Column("type", sa.Text(), nullable=True), *columns, only_row)


def _sizes_of_events() -> list[sa.Column[int]]:
    columns = []
    for name in ("full", "icon", "thumbnail"):
        columns += [_number(f"{name}_width"), _number(f"{name}_height")]
        columns += [sa.Column(f"{name}_aspect", sa.Boolean(), server_default="false", nullable=False)]
        columns += [_number(f"{name}_quality")]
    return [*columns, _number("logo_width"), _number("logo_height")]


def _sizes_of_people() -> list[sa.Column[int]]:
    names = ("small", "thumbnail", "icon")
    return [_number(f"{name}_size_{what}") for name in names for what in ("width_height", "quality")]


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=True)


def _create_placeholders() -> None:
    op.create_table(
        "custom_placeholders",
        *_head("custom_placeholders"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("original_image_url", sa.Text(), nullable=False),
        sa.Column("thumbnail_image_url", sa.Text(), nullable=True),
        sa.Column("large_image_url", sa.Text(), nullable=True),
        sa.Column("icon_image_url", sa.Text(), nullable=True),
        sa.Column("copyright", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("event_sub_topic_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_sub_topic_id"],
            ["event_sub_topics.id"],
            name=op.f("fk_custom_placeholders_event_sub_topic_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("event_sub_topic_id", name=op.f("uq_custom_placeholders_event_sub_topic_id")),
    )


def _insert_sizes() -> None:
    op.execute(
        "INSERT INTO event_image_sizes (id, type, full_width, full_height, full_aspect, full_quality, "
        "icon_width, icon_height, icon_aspect, icon_quality, "
        "thumbnail_width, thumbnail_height, thumbnail_aspect, thumbnail_quality, logo_width, logo_height) "
        "OVERRIDING SYSTEM VALUE VALUES "
        "(1, 'event-image', 1300, 500, true, 80, 75, 30, true, 80, 500, 200, true, 80, 500, 200)"
    )
    op.execute(
        "INSERT INTO speaker_image_sizes (id, type, small_size_width_height, small_size_quality, "
        "thumbnail_size_width_height, thumbnail_size_quality, icon_size_width_height, icon_size_quality) "
        "OVERRIDING SYSTEM VALUE VALUES (1, 'speaker-image', 50, 80, 500, 80, 35, 80)"
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
