"""The database somebody else runs: the address as SQLAlchemy wants it, and whether the server will do."""

from __future__ import annotations

import psycopg
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.runtime.errors import StartError
from config import DRIVER_PREFIX, database_address

OLDEST_MAJOR = 14
CONNECT_SECONDS = 5


def check_server(url: str) -> None:
    """Make sure that DATABASE_URL leads to a PostgreSQL that is new enough; raises StartError when it does not."""
    major = _major_version(database_address(url))
    if major < OLDEST_MAJOR:
        raise StartError(f"DATABASE_URL leads to PostgreSQL {major}: {OLDEST_MAJOR} or newer is needed.")


def _major_version(url: str) -> int:
    shown = _shown(url)
    try:
        conninfo = "postgresql://" + url.removeprefix(DRIVER_PREFIX)
        with psycopg.connect(conninfo, connect_timeout=CONNECT_SECONDS) as connection:
            return connection.info.server_version // 10000
    except psycopg.Error as error:
        raise StartError(
            f"The database at {shown} cannot be reached: {_first_line(error)}. Check DATABASE_URL."
        ) from error


def _shown(url: str) -> str:
    """The address without its password; raises StartError where it is none of PostgreSQL's."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StartError("DATABASE_URL is not an address like postgresql://user:password@host/name.") from error
    if not url.startswith(DRIVER_PREFIX):
        raise StartError(f"DATABASE_URL names {parsed.drivername}: only postgresql:// addresses are served.")
    return f"{parsed.host or parsed.query.get('host') or 'localhost'}:{parsed.port or 5432}/{parsed.database or ''}"


def _first_line(error: psycopg.Error) -> str:
    """The server's own words; psycopg lists every address it tried below a first line that says less."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].split(" failed: ", 1)[-1].rstrip(".") if lines else type(error).__name__
