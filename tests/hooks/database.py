"""The database of a contract run: made for it, put back to its first state before each transaction, dropped.

Emptying is one statement. PostgreSQL checks foreign keys at a statement's end, so that tables that
refer to each other can be emptied together without naming an order, and DELETE on a handful of
rows is about fifty times faster than TRUNCATE, which makes new files for every table and index.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

# The rows the migrations leave (settings, roles, modules …) are kept here, a copy of each table.
KEPT = "contract_base"

_TABLES = """
    SELECT table_name, array_agg(column_name::text) FILTER (WHERE is_generated = 'NEVER')
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' GROUP BY table_name
"""
# Versions are never used twice, so their sequence goes on.
_SEQUENCES = (
    "SELECT sequencename, last_value FROM pg_sequences"
    " WHERE schemaname = 'public' AND last_value IS NOT NULL AND sequencename <> 'row_versions'"
)


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """A new, empty database on this server for the time of the block; gives its URL."""
    url = make_url(server_url)
    name = f"contract_{secrets.token_hex(6)}"
    with psycopg.connect(libpq_url(server_url), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def libpq_url(url: str) -> str:
    """The URL as psycopg itself takes it, without SQLAlchemy's driver name."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


class Reset:
    """Puts a database back to the state it was in when this was made."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(libpq_url(url), autocommit=True)
        self.columns: dict[str, list[str]] = dict(self.connection.execute(_TABLES).fetchall())
        self.sequences: dict[str, int] = dict(self.connection.execute(_SEQUENCES).fetchall())
        self._find_filled = sql.SQL(" UNION ALL ").join(self._probe(table) for table in self.columns)
        self.kept = self._filled()
        self._keep()

    def __call__(self) -> None:
        """Empty what was filled, start its ids at 1 again, and bring the kept rows back."""
        with self.connection.transaction():
            self._empty(self._filled())
            self._restart([name for name, _ in self.connection.execute(_SEQUENCES).fetchall()])
            self._bring_back()

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()

    @staticmethod
    def _probe(table: str) -> sql.Composed:
        return sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(table, sql.Identifier(table))

    def _filled(self) -> list[str]:
        return [name for (name,) in self.connection.execute(self._find_filled).fetchall()]

    def _keep(self) -> None:
        self.connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(KEPT)))
        for table in self.kept:
            copy, original = sql.Identifier(KEPT, table), sql.Identifier(table)
            self.connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(copy))
            self.connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(copy, original))

    def _empty(self, tables: list[str]) -> None:
        self._at_once(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in tables)

    def _bring_back(self) -> None:
        self._at_once(self._copy_back(table) for table in self.kept)

    def _copy_back(self, table: str) -> sql.Composed:
        columns = sql.SQL(", ").join(map(sql.Identifier, self.columns[table]))
        form = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}")
        return form.format(sql.Identifier(table), columns, columns, sql.Identifier(KEPT, table))

    def _at_once(self, changes: Iterator[sql.Composed]) -> None:
        """Several changes as one statement, so that foreign keys are checked after the last of them."""
        parts = [sql.SQL("part_{} AS ({})").format(sql.SQL(str(i)), change) for i, change in enumerate(changes)]
        if parts:
            self.connection.execute(sql.SQL("WITH {} SELECT 1").format(sql.SQL(", ").join(parts)))

    def _restart(self, used: list[str]) -> None:
        for name in used:
            first = self.sequences.get(name)
            self.connection.execute(
                "SELECT setval(quote_ident(%s)::regclass, %s, %s)", (name, first or 1, first is not None)
            )
