"""The worker process: takes jobs from the queue, runs them in threads, and takes over from workers that died."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from typing import Any

import psycopg
import psycopg_pool
from flask import Flask
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException
from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

from app.jobs.queue import jobs
from app.jobs.run import JobRunner
from app.jobs.upkeep import keep_up

CONCURRENCY = 4
CONNECT_SECONDS = 5.0
RECONNECT_SECONDS = 1.0
UNREACHABLE = (ConnectorException, psycopg.Error, psycopg_pool.PoolTimeout, TimeoutError)

logger = logging.getLogger(__name__)


def run_worker(app: Flask, *, concurrency: int = CONCURRENCY) -> None:
    """Run jobs until SIGTERM or SIGINT, then finish those under way and return.

    Must be called in the main thread, after everything that declares jobs was imported. A database that goes away
    stops nothing: the worker tries again every second. `concurrency` is the number of jobs run at once.
    """
    _leave_outcomes_to_our_log()
    connector = PsycopgConnector(conninfo=_conninfo(app), min_size=1, max_size=concurrency + 2)
    with jobs.replace_connector(connector):
        asyncio.run(_work(app, concurrency))


def run_waiting_jobs(app: Flask) -> None:
    """Run the jobs whose time has come, and those they defer, one after the other; for tests and the command line."""
    _leave_outcomes_to_our_log()
    connector = PsycopgConnector(conninfo=_conninfo(app), min_size=1, max_size=2)
    with jobs.replace_connector(connector):
        asyncio.run(_run_waiting(app))


def _conninfo(app: Flask) -> str:
    """What libpq takes, from the address SQLAlchemy takes; their escapes of spaces in paths differ."""
    url = make_url(app.config["DATABASE_URL"])
    parts: dict[str, Any] = url.translate_connect_args(username="user", database="dbname")
    query = {name: value if isinstance(value, str) else ",".join(value) for name, value in url.query.items()}
    return make_conninfo(**{**parts, **query})


def _leave_outcomes_to_our_log() -> None:
    """The runner logs each job once, with what it took; the library's own lines would repeat it with all arguments."""
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    logging.getLogger("procrastinate.worker").setLevel(logging.CRITICAL)
    logging.getLogger("procrastinate.worker.worker").setLevel(logging.WARNING)


async def _run_waiting(app: Flask) -> None:
    async with jobs.open_async():
        await jobs.run_worker_async(
            wait=False, listen_notify=False, task_middleware=[JobRunner(app)], install_signal_handlers=False
        )


async def _work(app: Flask, concurrency: int) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    while not stopping.is_set():
        try:
            await _serve(app, concurrency, stopping)
        except UNREACHABLE as error:
            logger.warning("The worker lost the database and tries again: %r", error.__cause__ or error)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), RECONNECT_SECONDS)


async def _serve(app: Flask, concurrency: int, stopping: asyncio.Event) -> None:
    """Run jobs until told to stop, or until the library's worker ends because its connection broke."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await jobs.open_async()
        await _serve_connected(app, concurrency, stopping)
    finally:
        await jobs.close_async()


async def _serve_connected(app: Flask, concurrency: int, stopping: asyncio.Event) -> None:
    stop = asyncio.create_task(stopping.wait())
    worker = asyncio.create_task(_run_jobs(app, concurrency))
    upkeep = asyncio.create_task(keep_up(app))
    await asyncio.wait({worker, stop}, return_when=asyncio.FIRST_COMPLETED)
    # A cancelled worker takes no further job and waits for those it runs.
    for task in (stop, upkeep, worker):
        task.cancel()
    outcome = (await asyncio.gather(worker, upkeep, stop, return_exceptions=True))[0]
    if isinstance(outcome, Exception):
        raise outcome


async def _run_jobs(app: Flask, concurrency: int) -> None:
    await jobs.run_worker_async(
        concurrency=concurrency,
        # Deferred jobs announce themselves; those that return after a failure or a dead worker are found by looking.
        fetch_job_polling_interval=app.config["JOB_HEARTBEAT_SECONDS"],
        update_heartbeat_interval=app.config["JOB_HEARTBEAT_SECONDS"],
        stalled_worker_timeout=app.config["JOB_STALLED_SECONDS"],
        task_middleware=[JobRunner(app)],
        install_signal_handlers=False,
    )
