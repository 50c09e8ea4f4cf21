"""What the tests of orders share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import text

from app.edge import Service
from app.extensions import db
from app.jobs import jobs
from tests.unittests.client import ApiClient
from tests.unittests.orders.steps import Sale

ROOT = Path(__file__).parents[3]
Deliver = Callable[[], list[EmailMessage]]
StartWorker = Callable[..., subprocess.Popen[bytes]]

WAITING = text("SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id LIMIT 1")


@pytest.fixture
def sale(api: ApiClient) -> Sale:
    """An event that sells a free ticket."""
    return Sale(api)


@pytest.fixture
def deliver(app: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deliver]:
    """Runs the jobs that wait in the test's transaction, and those they defer; gives the mails they sent."""
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)
    monkeypatch.setitem(app.config, "FRONTEND_URL", "https://www.example.com")
    app.extensions.pop("storage", None)

    def run() -> list[EmailMessage]:
        while job := db.session.execute(WAITING).first():
            jobs.tasks[job.task_name].func(**job.args)
            db.session.execute(text("DELETE FROM procrastinate_jobs WHERE id = :id"), {"id": job.id})
        db.session.commit()
        return mails_in(tmp_path)

    yield run
    app.extensions.pop("storage", None)


def mails_in(data_dir: Path) -> list[EmailMessage]:
    """The mails that were written there, sorted by their recipients."""
    paths = (data_dir / "mail").glob("*.eml")
    return sorted((message_from_bytes(path.read_bytes(), policy=default) for path in paths), key=lambda m: str(m["To"]))


@pytest.fixture
def start_worker(committed_app: Service, tmp_path: Path) -> Iterator[StartWorker]:
    """Starts worker processes on the test's database, with signs of life fast enough to wait for."""
    settings = {
        "ENVIRONMENT": "testing",
        "DATABASE_URL": committed_app.config["DATABASE_URL"],
        "DATA_DIR": str(tmp_path),
        "LOG_LEVEL": "WARNING",
        "JOB_HEARTBEAT_SECONDS": "0.3",
        "JOB_STALLED_SECONDS": "1.5",
        "PYTHONPATH": str(ROOT),
    }
    processes: list[subprocess.Popen[bytes]] = []

    def start(**changes: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, **settings, **changes}
        command = [sys.executable, "-m", "tests.unittests.jobs.worker_process"]
        processes.append(subprocess.Popen(command, cwd=ROOT, env=environment))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()
