"""Workers: what a job's transaction does, and what happens to jobs whose worker stops, dies or loses the database."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.extensions import db
from app.jobs import defer, run_waiting_jobs
from tests.unittests.jobs import sample_jobs
from tests.unittests.jobs.sample_jobs import traces

ROOT = Path(__file__).parents[3]
StartWorker = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture(autouse=True)
def _traces(committed_app: Flask) -> None:
    sample_jobs.make_traces()


@pytest.fixture
def start_worker(committed_app: Flask) -> Iterator[StartWorker]:
    """Starts worker processes on the test's database, with signs of life fast enough to wait for."""
    settings = {
        "ENVIRONMENT": "testing",
        "DATABASE_URL": committed_app.config["DATABASE_URL"],
        "DATA_DIR": str(committed_app.config["DATA_DIR"]),
        "JOB_HEARTBEAT_SECONDS": "0.3",
        "JOB_STALLED_SECONDS": "1.5",
        "PYTHONPATH": str(ROOT),
    }
    processes: list[subprocess.Popen[bytes]] = []

    def start(log: int | None = None, **changes: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.unittests.jobs.worker_process"]
        processes.append(subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings, **changes}, stderr=log))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for what another process does; fails when it takes longer."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def states() -> list[tuple[str, int]]:
    """Status and number of attempts of each of the tests' own jobs; the service's periodic ones run beside them."""
    with db.engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name LIKE '%sample_jobs%' ORDER BY id"
            )
        )
        return [(status, attempts) for status, attempts in rows]


def test_job_runs_in_its_own_transaction_and_may_defer_others(committed_app: Flask) -> None:
    defer(sample_jobs.leave_and_defer, word="one")
    db.session.commit()
    run_waiting_jobs(committed_app)
    assert traces() == ["one", "one again"]
    assert states() == [("succeeded", 1), ("succeeded", 1)]


def test_failing_job_is_rolled_back_and_retried_until_its_attempts_are_used_up(committed_app: Flask) -> None:
    defer(sample_jobs.leave_and_fail, word="no")
    db.session.commit()
    run_waiting_jobs(committed_app)
    assert traces() == ["no tried"] * 3
    assert states() == [("failed", 3)]


def test_permanent_failure_is_not_retried(committed_app: Flask) -> None:
    defer(sample_jobs.fail_for_good, word="no")
    db.session.commit()
    run_waiting_jobs(committed_app)
    assert states() == [("failed", 1)]


def test_each_run_leaves_one_line_in_the_log(committed_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="app.jobs")
    defer(sample_jobs.leave, word="logged")
    defer(sample_jobs.leave_and_fail, word="no")
    db.session.commit()
    run_waiting_jobs(committed_app)
    again = "job failed, will be retried"
    logged = [record for record in caplog.records if record.name == "app.jobs"]
    lines = [line for line in logged if "sample_jobs" in vars(line)["fields"]["job"]]
    assert [line.getMessage() for line in lines] == ["job done", again, again, "job failed for good"]
    fields: dict[str, Any] = vars(lines[0])["fields"]
    assert (fields["arguments"], fields["attempt"]) == ({"word": "logged"}, 1)
    assert fields["job"].endswith("sample_jobs.leave")
    assert fields["ms"] > 0
    assert not [record for record in caplog.records if record.name.startswith("procrastinate.worker")]


def test_job_another_worker_still_runs_is_not_run_twice_at_once(committed_app: Flask) -> None:
    number = defer(sample_jobs.leave, word="once")
    db.session.commit()
    held = "SELECT pg_advisory_xact_lock(hashtextextended('procrastinate job ' || :id, 0))"
    with db.engine.begin() as other_worker:
        other_worker.execute(text(held), {"id": str(number)})
        run_waiting_jobs(committed_app)
    assert traces() == []
    assert states() == [("todo", 1)]


def test_job_of_a_killed_worker_is_taken_up_by_another(committed_app: Flask, start_worker: StartWorker) -> None:
    first = start_worker()
    defer(sample_jobs.be_slow_at_first, word="it", seconds=600)
    db.session.commit()
    until(lambda: traces() == ["it began"])
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert states() == [("doing", 0)]
    start_worker()
    until(lambda: states() == [("succeeded", 2)])
    assert traces() == ["it began", "it began", "it ended"]


def test_worker_told_to_stop_finishes_its_job_and_takes_no_other(
    committed_app: Flask, start_worker: StartWorker
) -> None:
    worker = start_worker()
    defer(sample_jobs.be_slow_at_first, word="it", seconds=1.5)
    db.session.commit()
    until(lambda: traces() == ["it began"])
    worker.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    defer(sample_jobs.leave, word="too late")
    db.session.commit()
    assert worker.wait(timeout=60) == 0
    assert traces() == ["it began", "it ended"]
    assert states() == [("succeeded", 1), ("todo", 0)]


def test_worker_comes_back_after_losing_the_database(committed_app: Flask, start_worker: StartWorker) -> None:
    worker = start_worker()
    defer(sample_jobs.leave, word="before")
    db.session.commit()
    until(lambda: traces() == ["before"])
    end_others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with db.engine.connect() as connection:
        connection.execute(text(end_others))
    db.engine.dispose()
    defer(sample_jobs.leave, word="then")
    db.session.commit()
    until(lambda: traces() == ["before", "then"])
    assert worker.poll() is None


def test_worker_without_a_database_can_be_stopped(start_worker: StartWorker) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    address = f"postgresql+psycopg://nobody@127.0.0.1:{port}/none"
    worker = start_worker(log=subprocess.PIPE, DATABASE_URL=address)
    assert worker.stderr is not None
    with worker.stderr as log:
        assert any(b"lost the database" in line for line in log)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=60) == 0
