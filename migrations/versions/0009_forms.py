"""What events ask attendees, sessions and speakers, and the first questions of the events there are"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

FORMS = "('attendee', 'session', 'speaker')"
TYPES = (
    "('text', 'checkbox', 'select', 'file', 'image', 'email', 'number', 'paragraph', 'richtextlink', 'boolean', 'year')"
)
TABLES = ("custom_forms", "custom_form_options", "custom_form_translates")

# A question shows its translations, so that it is another one when they change.
RENEW_CUSTOM_FORM = """
CREATE FUNCTION renew_custom_form() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE custom_forms SET version = nextval('row_versions')
    WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.custom_form_id ELSE NEW.custom_form_id END;
    RETURN NULL;
END $$
"""
FIRST_QUESTIONS = """
INSERT INTO custom_forms (event_id, form, field_identifier, name, type, is_required, is_included, is_fixed, position)
SELECT events.id, 'attendee', question.field, question.name, question.type, true, true, true, question.position
FROM events, (VALUES
    ('email', 'Email', 'email', 1), ('firstname', 'First Name', 'text', 2), ('lastname', 'Last Name', 'text', 3)
) AS question (field, name, type, position)
ORDER BY events.id, question.position
"""


def upgrade() -> None:
    _create_custom_forms()
    op.create_table(
        "custom_form_options",
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        *_of_custom_form("custom_form_options"),
    )
    op.create_table(
        "custom_form_translates",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language_code", sa.Text(), nullable=False),
        sa.Column("form_id", sa.Text(), nullable=True),
        *_of_custom_form("custom_form_translates"),
    )
    for table in TABLES[1:]:
        op.create_index(op.f(f"ix_{table}_custom_form_id"), table, ["custom_form_id"])
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER raise_version BEFORE UPDATE ON {table} FOR EACH ROW "
            "WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION raise_version()"
        )
    op.get_bind().exec_driver_sql(RENEW_CUSTOM_FORM)
    op.execute(
        "CREATE TRIGGER renew_custom_form AFTER INSERT OR UPDATE OR DELETE ON custom_form_translates "
        "FOR EACH ROW EXECUTE FUNCTION renew_custom_form()"
    )
    op.execute(FIRST_QUESTIONS)


def _create_custom_forms() -> None:
    op.create_table(
        "custom_forms",
        *_row("custom_forms"),
        sa.Column("field_identifier", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), server_default="text", nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        *(_switch(name) for name in ("is_required", "is_included", "is_public", "is_complex", "is_fixed")),
        sa.Column("position", sa.Integer(), server_default="0", nullable=True),
        sa.Column("form_id", sa.Text(), nullable=True),
        sa.Column("min", sa.Integer(), server_default="0", nullable=True),
        sa.Column("max", sa.Integer(), server_default="10", nullable=True),
        sa.Column("main_language", sa.Text(), nullable=True),
        _switch("is_allow_edit"),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"form IN {FORMS}", name=op.f("ck_custom_forms_form")),
        sa.CheckConstraint(f"type IN {TYPES}", name=op.f("ck_custom_forms_type")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_custom_forms_event_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_custom_forms_event_id"), "custom_forms", ["event_id"])
    op.create_index(
        "uq_custom_forms_field_identifier",
        "custom_forms",
        ["event_id", "form", "field_identifier", sa.text("coalesce(form_id, '')")],
        unique=True,
    )


def _row(table: str) -> tuple[sa.Column | sa.PrimaryKeyConstraint, ...]:
    return (
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("nextval('row_versions')"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _switch(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), server_default="false", nullable=False)


def _of_custom_form(table: str) -> tuple[sa.Column | sa.Constraint, ...]:
    return (
        *_row(table),
        sa.Column("custom_form_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["custom_form_id"], ["custom_forms.id"], name=op.f(f"fk_{table}_custom_form_id"), ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION renew_custom_form")
