"""A worker process of its own, for tests that stop and kill it: `python -m tests.unittests.jobs.worker_process`."""

from __future__ import annotations

import logging
import os

from flask import Flask

from app.extensions import db
from app.jobs import run_worker
from tests.unittests.jobs import sample_jobs


def main() -> None:
    """Work on the database of the environment until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.info("knowing %s", sample_jobs.leave.name)
    app = Flask("worker")
    app.config.update(
        DATABASE_URL=os.environ["DATABASE_URL"],
        SQLALCHEMY_DATABASE_URI=os.environ["DATABASE_URL"],
        JOB_HEARTBEAT_SECONDS=float(os.environ["JOB_HEARTBEAT_SECONDS"]),
        JOB_STALLED_SECONDS=float(os.environ["JOB_STALLED_SECONDS"]),
    )
    db.init_app(app)
    run_worker(app)


if __name__ == "__main__":
    main()
