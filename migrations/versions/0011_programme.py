"""The programme: rooms, tracks, sessions, speakers, calls, invitations, ratings, favourites"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

VERSIONED = (
    "microlocations", "tracks", "session_types", "sessions", "speakers", "speakers_calls", "speaker_invites",
    "feedbacks", "user_favourite_sessions", "user_favourite_events",
)  # fmt: skip
RAISE_VERSION = (
    "CREATE TRIGGER raise_version BEFORE UPDATE ON {table} FOR EACH ROW "
    "WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION raise_version()"
)
LIVE = "deleted_at IS NULL"


def upgrade() -> None:
    op.add_column("events", sa.Column("is_overlap_allowed", sa.Boolean(), server_default="false", nullable=False))
    _create_places()
    _create_sessions()
    _create_speakers()
    _create_bookings()
    _create_calls()
    _create_invites()
    _create_opinions()
    for table in VERSIONED:
        op.execute(RAISE_VERSION.format(table=table))


def _create_places() -> None:
    op.create_table(
        "microlocations",
        *_row(),
        *_texts("name", required=True),
        *_texts("room"),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("floor", sa.Integer(), nullable=True),
        _number("position"),
        *_flags("hidden_in_scheduler", "is_chat_enabled", "is_global_event_room", "is_overlap_allowed"),
        _deleted_at(),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        *_belongs("microlocations", "event"),
    )
    op.create_table(
        "tracks",
        *_row(),
        *_texts("name", "color", required=True),
        *_texts("description"),
        _number("position"),
        _deleted_at(),
        sa.CheckConstraint("color ~ '^#([0-9a-fA-F]{3}){1,2}$'", name="color"),
        *_belongs("tracks", "event"),
    )
    op.create_table(
        "session_types",
        *_row(),
        *_texts("name", "length", required=True),
        _number("position"),
        _deleted_at(),
        sa.CheckConstraint("length ~ '^[0-9]{1,2}:[0-5][0-9]$'", name="length"),
        *_belongs("session_types", "event"),
    )
    for table in ("microlocations", "tracks", "session_types"):
        _index(table, "event")


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        *_row(),
        *_texts("title", required=True),
        *_texts(
            "subtitle", "level", "short_abstract", "long_abstract", "comments", "language", "slides_url", "website",
            "twitter", "facebook", "github", "linkedin", "instagram", "gitlab", "mastodon", "video_url", "audio_url",
            "signup_url",
        ),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        *_times("starts_at", "ends_at", "submitted_at"),
        *_json("slides", "complex_field_values", "public_field_values"),
        *_flags("is_mail_sent", "is_locked"),
        _now("last_modified_at"),
        _now("created_at"),
        _deleted_at(),
        sa.Column("average_rating", sa.Numeric(3, 2), nullable=True),
        _number("rating_count"),
        _number("favourite_count"),
        sa.CheckConstraint(
            "state IN ('draft', 'pending', 'accepted', 'confirmed', 'rejected', 'canceled', 'withdrawn')", name="state"
        ),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint("rating_count >= 0 AND favourite_count >= 0", name="counts"),
        *_belongs("sessions", "event"),
        *_may_belong("sessions", "microlocation", "track", "session_type", creator="users"),
    )  # fmt: skip
    for name in ("event", "creator", "microlocation", "track", "session_type"):
        _index("sessions", name)
    live = sa.text(LIVE)
    op.create_index("ix_sessions_schedule", "sessions", ["event_id", "starts_at"], postgresql_where=live)


def _create_speakers() -> None:
    op.create_table(
        "speakers",
        *_row(),
        *_texts("name", required=True),
        *_texts(
            "email", "photo_url", "thumbnail_image_url", "small_image_url", "icon_image_url", "short_biography",
            "long_biography", "speaking_experience", "mobile", "website", "twitter", "facebook", "github", "mastodon",
            "linkedin", "instagram", "organisation", "position", "country", "city", "address", "gender", "heard_from",
            "sponsorship_required",
        ),
        *_json("speaker_positions", "complex_field_values", "public_field_values"),
        *_flags("is_featured", "is_email_overridden"),
        _number("order"),
        _deleted_at(),
        *_belongs("speakers", "event"),
        *_may_belong("speakers", "user"),
    )  # fmt: skip
    _index("speakers", "event")
    _index("speakers", "user")
    address = sa.text("lower(email)")
    op.create_index("ix_speakers_email", "speakers", [address])
    live = sa.text(LIVE)
    op.create_index("uq_speakers_email", "speakers", ["event_id", address], unique=True, postgresql_where=live)
    op.create_table("sessions_speakers", *_pair("sessions_speakers"))
    _index("sessions_speakers", "speaker")


def _create_bookings() -> None:
    op.create_table(
        "room_bookings",
        *_belongs("room_bookings", "session", "microlocation"),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        _once_at_a_time("room_bookings", "microlocation_id"),
        sa.PrimaryKeyConstraint("session_id", name="pk_room_bookings"),
    )
    op.create_table(
        "speaker_bookings",
        *_pair("speaker_bookings"),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        _once_at_a_time("speaker_bookings", "speaker_id"),
    )
    _index("room_bookings", "microlocation")
    _index("speaker_bookings", "speaker")


def _create_calls() -> None:
    op.create_table(
        "speakers_calls",
        *_row(),
        *_texts("announcement", "hash"),
        *_times("starts_at", "ends_at", required=True),
        *_times("soft_ends_at"),
        sa.Column("privacy", sa.Text(), server_default="public", nullable=False),
        _deleted_at(),
        sa.CheckConstraint("privacy IN ('public', 'private')", name="privacy"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        *_belongs("speakers_calls", "event"),
    )
    _index("speakers_calls", "event")
    live = sa.text(LIVE)
    op.create_index("uq_speakers_calls_event_id", "speakers_calls", ["event_id"], unique=True, postgresql_where=live)


def _create_invites() -> None:
    op.create_table(
        "speaker_invites",
        *_row(),
        *_texts("email", required=True),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=True),
        *_times("expires_at", required=True),
        _now("created_at"),
        sa.CheckConstraint("status IN ('pending', 'accepted', 'rejected')", name="status"),
        sa.UniqueConstraint("secret_hash", name="uq_speaker_invites_secret_hash"),
        *_belongs("speaker_invites", "session", "event"),
    )
    _index("speaker_invites", "session")
    _index("speaker_invites", "event")
    address, pending = sa.text("lower(email)"), sa.text("status = 'pending'")
    op.create_index("ix_speaker_invites_email", "speaker_invites", [address])
    op.create_index(
        "uq_speaker_invites_email", "speaker_invites", ["session_id", address], unique=True, postgresql_where=pending
    )


def _create_opinions() -> None:
    op.create_table(
        "feedbacks",
        *_row(),
        sa.Column("rating", sa.Numeric(3, 2), nullable=False),
        *_texts("comment"),
        _now("created_at"),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        sa.CheckConstraint("(event_id IS NULL) <> (session_id IS NULL)", name="of_event_or_session"),
        sa.UniqueConstraint("user_id", "session_id", name="uq_feedbacks_user_id_session_id"),
        sa.UniqueConstraint("user_id", "event_id", name="uq_feedbacks_user_id_event_id"),
        *_belongs("feedbacks", "user"),
        *_belongs("feedbacks", "event", "session", required=False),
    )
    op.create_table(
        "user_favourite_sessions",
        *_row(),
        sa.UniqueConstraint("user_id", "session_id", name="uq_user_favourite_sessions_user_id_session_id"),
        *_belongs("user_favourite_sessions", "user", "session"),
    )
    op.create_table(
        "user_favourite_events", *_row(), _deleted_at(), *_belongs("user_favourite_events", "user", "event")
    )
    op.create_index(
        "uq_user_favourite_events_user_id_event_id",
        "user_favourite_events",
        ["user_id", "event_id"],
        unique=True,
        postgresql_where=sa.text(LIVE),
    )
    for table, names in {
        "feedbacks": ("user", "event", "session"),
        "user_favourite_sessions": ("user", "session"),
        "user_favourite_events": ("user", "event"),
    }.items():
        for name in names:
            _index(table, name)


# What tables are made of


def _row() -> list[Any]:
    version = sa.text("nextval('row_versions')")
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=version, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    ]


def _texts(*names: str, required: bool = False) -> list[Any]:
    return [sa.Column(name, sa.Text(), nullable=not required) for name in names]


def _times(*names: str, required: bool = False) -> list[Any]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=not required) for name in names]


def _json(*names: str) -> list[Any]:
    return [sa.Column(name, postgresql.JSONB(), nullable=True) for name in names]


def _flags(*names: str) -> list[Any]:
    return [sa.Column(name, sa.Boolean(), server_default="false", nullable=False) for name in names]


def _number(name: str) -> Any:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)


def _now(name: str) -> Any:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _deleted_at() -> Any:
    return sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True)


def _key(table: str, name: str, target: str, *, required: bool, ondelete: str) -> list[Any]:
    column = f"{name}_id"
    named = f"fk_{table}_{column}"
    return [
        sa.Column(column, sa.BigInteger(), nullable=not required),
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=named, ondelete=ondelete),
    ]


def _belongs(table: str, *names: str, required: bool = True) -> list[Any]:
    """Keys of rows without which this one is nothing."""
    return [each for name in names for each in _key(table, name, f"{name}s", required=required, ondelete="CASCADE")]


def _may_belong(table: str, *names: str, **others: str) -> list[Any]:
    """Keys of rows that may go without this one."""
    targets = {**{name: f"{name}s" for name in names}, **others}
    keys = [_key(table, name, target, required=False, ondelete="SET NULL") for name, target in targets.items()]
    return [each for key in keys for each in key]


def _pair(table: str) -> list[Any]:
    key = sa.PrimaryKeyConstraint("session_id", "speaker_id", name=f"pk_{table}")
    return [*_belongs(table, "session", "speaker"), key]


def _once_at_a_time(table: str, column: str) -> Any:
    """No two rows with this number at overlapping times; `=` on numbers would need an extension."""
    return postgresql.ExcludeConstraint(
        (sa.text(f"int8range({column}, {column}, '[]')"), "&&"), ("during", "&&"), using="gist", name=f"{table}_overlap"
    )


def _index(table: str, name: str) -> None:
    op.create_index(f"ix_{table}_{name}_id", table, [f"{name}_id"])


def downgrade() -> None:
    for table in ("sessions_speakers", "room_bookings", "speaker_bookings"):
        op.drop_table(table)
    for table in ("feedbacks", "user_favourite_sessions", "user_favourite_events", "speaker_invites", "speakers_calls"):
        op.drop_table(table)
    for table in ("sessions", "speakers", "microlocations", "tracks", "session_types"):
        op.drop_table(table)
    op.drop_column("events", "is_overlap_allowed")
