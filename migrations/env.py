"""How Alembic reaches the service's database and models."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

from app.jobs import SCHEMA_PREFIX

database = current_app.extensions["migrate"].db


def _ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Leave the job queue's own tables out of comparisons."""
    return not (kind == "table" and name is not None and name.startswith(SCHEMA_PREFIX))


def _run() -> None:
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            include_object=_ours,
            compare_type=True,
            compare_server_default=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


_run()
