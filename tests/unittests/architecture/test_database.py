"""Models, schemas and migrations say the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, inspect, text

from app import create_app, load_domains
from app.api import registry
from app.edge import Service
from app.extensions import db
from app.jsonapi.schema import column_of

ROOT = Path(__file__).parents[3]
load_domains()

# Columns that are the service's own business and never stand in a resource, by table.
PRIVATE = {
    "attendees": {"pdf_key", "created_by_id"},
    "notifications": {"occasion"},
    "orders": {"tickets_pdf_key", "currency", "tax_name", "tax_rate", "is_tax_included"},
    # Shown as charges, of which only what the payer is told is anybody's business.
    "payments": {
        "provider", "kind", "key", "provider_id", "account", "amount", "currency", "state", "reason", "source", "url",
        "transaction_id", "card", "paid", "paid_currency", "refunded", "asked_at", "settled_at",
    },
    "refunds": {"key", "provider_id", "attempts", "asked_at"},
    "role_invites": {"secret_hash", "expires_at"},
    "sessions": {"public_field_values"},
    "speaker_invites": {"secret_hash", "expires_at"},
    "speakers": {"public_field_values"},
    "users": {"password_hash", "token_version"},
    "users_events_roles": {"is_owner"},
    "users_groups_roles": {"secret_hash", "expires_at"},
}  # fmt: skip
ALWAYS_PRIVATE = {"id", "version", "deleted_at", "created_at"}


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1


def test_migrations_make_what_the_models_say_and_can_be_undone(
    empty_database: str, make_config: Callable[..., dict[str, Any]]
) -> None:
    app = create_app(make_config(empty_database))
    folder = str(ROOT / "migrations")
    with app.app_context():
        upgrade(directory=folder)
        assert differences() == []
        downgrade(directory=folder, revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade(directory=folder)
        db.engine.dispose()


def differences() -> list[Any]:
    """What a new migration would contain, but for the tables of the kit's tests and of the job queue."""
    from_models = [table for name, table in db.metadata.tables.items() if not name.startswith("kit_")]
    with db.engine.connect() as connection:
        found = inspect(connection)
        missing = {table.name for table in from_models} - set(found.get_table_names())
        columns = [
            (table.name, column)
            for table in from_models
            for column in {each.name for each in table.columns}
            ^ {each["name"] for each in found.get_columns(table.name)}
        ]
        indices = [
            (table.name, name)
            for table in from_models
            for name in {index.name for index in table.indexes}
            ^ {each["name"] for each in found.get_indexes(table.name) if not each.get("duplicates_constraint")}
        ]
        checks = [
            (table.name, name)
            for table in from_models
            for name in {str(each.name) for each in table.constraints if isinstance(each, CheckConstraint)}
            ^ {each["name"] for each in found.get_check_constraints(table.name)}
        ]
    return [*missing, *columns, *indices, *checks]


def test_every_versioned_table_raises_its_version(app: Service) -> None:
    triggers = text("SELECT event_object_table FROM information_schema.triggers WHERE trigger_name = 'raise_version'")
    versioned = {name for name, table in db.metadata.tables.items() if "version" in table.columns}
    assert {name for name in versioned if not name.startswith("kit_")} == set(db.session.scalars(triggers))


def test_every_foreign_key_leads_an_index() -> None:
    missing = []
    for name, table in db.metadata.tables.items():
        leading = {next(iter(index.columns)).name for index in table.indexes if len(index.columns)}
        leading |= {next(iter(table.primary_key.columns)).name}
        leading |= {next(iter(each.columns)).name for each in table.constraints if len(getattr(each, "columns", ()))}
        missing += [
            f"{name}.{column.name}" for column in table.columns if column.foreign_keys and column.name not in leading
        ]
    assert missing == []


@pytest.mark.parametrize("type_", sorted(registry.by_type))
def test_every_relationship_leads_somewhere_the_model_knows(app: Service, type_: str) -> None:
    declared = registry.by_type[type_]
    relationships = declared.model.__mapper__.relationships
    for name, relation in declared.schema.relations().items():
        assert column_of(name, relation) in relationships, name
        assert relation.target is not None or f"{type_}.{name.replace('_', '-')}" in registry.pending, name


@pytest.mark.parametrize("type_", sorted(registry.by_type))
def test_every_column_is_shown_or_declared_private(app: Service, type_: str) -> None:
    declared = registry.by_type[type_]
    shown = {column_of(name, field) for name, field in declared.schema._declared_fields.items()}
    private = ALWAYS_PRIVATE | PRIVATE.get(declared.model.__tablename__, set())
    columns = {
        attribute.key
        for attribute in declared.model.__mapper__.column_attrs
        if not any(column.foreign_keys for column in attribute.columns if hasattr(column, "foreign_keys"))
    }
    assert columns - shown - private == set()


def test_list_of_what_is_not_built_yet_only_shrinks() -> None:
    assert len(registry.pending) <= 8, "lower this number with each name that is built, and never raise it"


def test_names_not_built_yet_are_not_built(app: Service) -> None:
    built = {
        f"{type_}.{name.replace('_', '-')}" for type_, each in registry.by_type.items() for name in each.relations()
    }
    assert built & registry.pending == set()
