"""A worker process of its own, for tests that stop and kill it: `python -m tests.unittests.jobs.worker_process`."""

from __future__ import annotations

import logging

from app import create_app
from app.jobs import run_worker
from tests.unittests.jobs import sample_jobs

logger = logging.getLogger(__name__)


def main() -> None:
    """Work on the database of the environment until told to stop."""
    app = create_app()
    logger.info("knowing %s", sample_jobs.leave.name)
    run_worker(app)


if __name__ == "__main__":
    main()
