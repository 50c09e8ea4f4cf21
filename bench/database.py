"""The measured database: a throwaway PostgreSQL with production's durability, migrated and loaded."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
from argon2 import PasswordHasher
from flask_migrate import upgrade

from app import create_app
from app.extensions import db
from app.runtime.home import find_home, remove_home
from app.runtime.postgres import EmbeddedPostgres
from config import DRIVER_PREFIX, load

PASSWORD = "correct horse battery staple"
DURABILITY = "fsync, full_page_writes and synchronous_commit on, as in production"
_HERE = Path(__file__).parent
_MIGRATIONS = _HERE.parent / "migrations"


@contextlib.contextmanager
def measured_postgres() -> Iterator[str]:
    """A server in a temporary folder, as durable as production's; its address for SQLAlchemy.

    The throwaway server of the tests would not do: it never waits for the disk, which is much of what a write costs.
    """
    folder = Path(tempfile.mkdtemp(prefix="oes-bench-"))
    folder.chmod(0o711)
    try:
        with EmbeddedPostgres(folder) as url:
            yield url
    finally:
        remove_home(find_home(folder))
        shutil.rmtree(folder, ignore_errors=True)


def plain_address(url: str) -> str:
    """The address as libpq spells it."""
    return "postgresql://" + url.removeprefix(DRIVER_PREFIX)


def migrate(url: str, data_dir: Path) -> None:
    """Make the tables."""
    app = create_app(load({"ENVIRONMENT": "development", "DATABASE_URL": url, "DATA_DIR": str(data_dir)}))
    with app.app_context():
        upgrade(directory=str(_MIGRATIONS))
        db.engine.dispose()


def fill(url: str, hasher: PasswordHasher) -> None:
    """Load the rows and give the planner what autovacuum would have given it by now."""
    script = (_HERE / "load.sql").read_text().replace(":password_hash", hasher.hash(PASSWORD))
    with psycopg.connect(plain_address(url), autocommit=True) as connection:
        with connection.transaction():
            connection.execute(script.encode())
        connection.execute("VACUUM ANALYZE")


def server_process(url: str) -> int:
    """The process id of the server that all of its processes descend from."""
    with psycopg.connect(plain_address(url)) as connection:
        return _parent_of(connection.info.backend_pid)


def _parent_of(pid: int) -> int:
    parent = psutil.Process(pid).parent()
    assert parent is not None
    pid_of_parent: int = parent.pid
    return pid_of_parent
