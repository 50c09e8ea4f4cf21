"""The raw server's connections: as many per process as the service keeps, set up alike."""

from __future__ import annotations

import os

from psycopg_pool import ConnectionPool

from config import DRIVER_PREFIX, SETTINGS

_size = next(setting.default for setting in SETTINGS if setting.name == "DATABASE_POOL_SIZE")

# Reads need no transaction of their own: each statement is one.
pool = ConnectionPool(
    "postgresql://" + os.environ["DATABASE_URL"].removeprefix(DRIVER_PREFIX),
    kwargs={"autocommit": True, "options": "-c timezone=UTC -c statement_timeout=30000"},
    min_size=_size,
    max_size=_size,
    open=True,
)
