"""What workers do beside running jobs: take over from the dead, and clear away what is finished.

It runs in each worker's event loop rather than as a job, so that it works also while every place for jobs is taken.
"""

from __future__ import annotations

import asyncio
import logging
from time import monotonic

from flask import Flask
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

from app.jobs.queue import BackOff, jobs

SUCCEEDED_KEPT_HOURS = 7 * 24
FAILED_KEPT_HOURS = 30 * 24
CLEARING_SECONDS = 3600.0

logger = logging.getLogger("app.jobs")


async def keep_up(app: Flask) -> None:
    """Look for dead workers every heartbeat, and clear old jobs every hour, until cancelled."""
    next_clearing = monotonic()
    while True:
        try:
            await take_over(app.config["JOB_STALLED_SECONDS"])
            if monotonic() >= next_clearing:
                next_clearing = monotonic() + CLEARING_SECONDS
                await clear_finished()
        except ConnectorException:
            # Several workers do the same: one of them may find the job already taken over, or the database gone.
            logger.info("taking over jobs is tried again", exc_info=True)
        await asyncio.sleep(app.config["JOB_HEARTBEAT_SECONDS"])


async def take_over(silence: float) -> None:
    """Return the jobs of workers that were silent for so many seconds to the queue, and forget those workers."""
    for job in await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=silence):
        await _return_to_queue(job)
    await jobs.job_manager.prune_stalled_workers(silence)


async def _return_to_queue(job: Job) -> None:
    """A job that has used up its attempts is given up: perhaps it is what kills the workers."""
    task = jobs.tasks.get(job.task_name)
    if task and isinstance(task.retry_strategy, BackOff) and task.retry_strategy.is_exhausted(job):
        logger.error("job %s %s took its worker down for the last time", job.task_name, job.id)
        await jobs.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
        return
    logger.warning("job %s %s of a dead worker is taken up again", job.task_name, job.id)
    await jobs.job_manager.retry_job(job)


async def clear_finished() -> None:
    """Delete jobs that succeeded a week ago, and those that ended otherwise a month ago."""
    await jobs.job_manager.delete_old_jobs(SUCCEEDED_KEPT_HOURS)
    await jobs.job_manager.delete_old_jobs(
        FAILED_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
