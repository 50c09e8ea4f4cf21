"""What the tests of orders share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.edge import Service
from tests.unittests.client import ApiClient
from tests.unittests.delivery import Deliver, deliver, mails_in
from tests.unittests.orders.steps import Sale

__all__ = ["Deliver", "deliver", "mails_in"]
ROOT = Path(__file__).parents[3]
StartWorker = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def sale(api: ApiClient) -> Sale:
    """An event that sells a free ticket."""
    return Sale(api)


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
