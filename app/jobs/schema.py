"""The tables, types and functions of the queue, for migrations."""

from __future__ import annotations

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

# Names of all the queue's tables begin with it; comparisons of models with the database leave them out.
SCHEMA_PREFIX = "procrastinate_"

_TABLES = ("periodic_defers", "events", "jobs", "workers")
_TYPES = ("job_to_defer_v1", "job_event_type", "job_status")
_FUNCTIONS = text(
    "SELECT oid::regprocedure::text FROM pg_proc"
    " WHERE pronamespace = current_schema()::regnamespace AND starts_with(proname, :prefix)"
)


def procrastinate_schema() -> str:
    """The SQL that makes an empty queue: many statements, with colons and per cent signs that mean themselves."""
    return SchemaManager.get_schema()


def apply_schema(connection: Connection) -> None:
    """Make the queue, in the connection's transaction; a migration calls it with `op.get_bind()`."""
    # Sent as it is: with parameters, even none, the driver would read the per cent signs as placeholders.
    connection.exec_driver_sql(procrastinate_schema(), execution_options={"no_parameters": True})


def drop_schema(connection: Connection) -> None:
    """Remove the queue with all its jobs, in the connection's transaction."""
    for table in _TABLES:
        connection.execute(text(f"DROP TABLE {SCHEMA_PREFIX}{table} CASCADE"))
    for signature in connection.scalars(_FUNCTIONS, {"prefix": SCHEMA_PREFIX}).all():
        connection.execute(text(f"DROP FUNCTION {signature} CASCADE"))
    for name in _TYPES:
        connection.execute(text(f"DROP TYPE {SCHEMA_PREFIX}{name}"))
