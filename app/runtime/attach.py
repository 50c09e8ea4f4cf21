"""The database for a single command: somebody's server, that of the service that runs here, or one just for now."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.runtime.database import check_server
from app.runtime.errors import StartError
from app.runtime.lock import announced_url, is_held
from app.runtime.postgres import EmbeddedPostgres
from app.runtime.processes import wait_until

STARTING_SECONDS = 30.0


@contextmanager
def attached(settings: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The settings with the database to use in them, for as long as the block runs.

    They are put in the environment too, for processes that are started inside. Raises StartError without a database.
    """
    with _database(settings) as url:
        os.environ.update(DATABASE_URL=url, ENVIRONMENT=settings["ENVIRONMENT"])
        yield {**settings, "DATABASE_URL": url}


@contextmanager
def _database(settings: Mapping[str, Any]) -> Iterator[str]:
    if settings["DATABASE_URL"]:
        check_server(settings["DATABASE_URL"])
        yield settings["DATABASE_URL"]
    elif url := _running(settings["DATA_DIR"]):
        check_server(url)
        yield url
    else:
        with EmbeddedPostgres(settings["DATA_DIR"]) as url:
            yield url


def _running(data_dir: Path) -> str | None:
    """The database of the service on this data folder; waits for one that starts, and for another command to end."""
    if not wait_until(lambda: not is_held(data_dir) or announced_url(data_dir) is not None, STARTING_SECONDS):
        raise StartError(f"Another command is busy with the database in {data_dir}: try again when it has ended.")
    return announced_url(data_dir) if is_held(data_dir) else None
