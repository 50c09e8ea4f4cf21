"""Work done after the request: mails, PDFs, everything the outside world may delay.

A job is deferred inside the transaction of the request that wants it, so a rolled-back request leaves no job and
a committed one loses none. The queue is PostgreSQL itself, through procrastinate.
"""

from app.jobs.outcomes import has_given_up
from app.jobs.queue import BackOff, StillRunning, defer, defer_many, job, jobs, periodic
from app.jobs.schema import SCHEMA_PREFIX, apply_schema, drop_schema, procrastinate_schema
from app.jobs.worker import run_waiting_jobs, run_worker

__all__ = [
    "SCHEMA_PREFIX",
    "BackOff",
    "StillRunning",
    "apply_schema",
    "defer",
    "defer_many",
    "drop_schema",
    "has_given_up",
    "job",
    "jobs",
    "periodic",
    "procrastinate_schema",
    "run_waiting_jobs",
    "run_worker",
]
