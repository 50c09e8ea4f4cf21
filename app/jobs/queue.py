"""Declaring jobs and putting them into the queue."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from procrastinate.tasks import Task
from sqlalchemy.orm import Session, scoped_session

from app.extensions import db

JobTask = Task[Any, Any, Any]
JobFunction = Callable[..., None]

# The worker replaces the connector by one that knows the database (app/jobs/worker.py).
jobs = App(connector=PsycopgConnector())

# Never opened: jobs are written over the connection of the session that wants them. The app's own connector would
# not do, because in the worker, where jobs defer jobs, it takes asynchronous connections only.
_writer = JobManager(SyncPsycopgConnector())


class StillRunning(Exception):
    """Another worker that was believed dead is still at this job; it is tried again later."""


@dataclass(frozen=True)
class BackOff(BaseRetryStrategy):
    """When a failed job runs again: after 5 s, 10 s, 20 s … up to an hour, `attempts` times in all.

    Exceptions listed in `permanent` are those no repetition mends. With the default of ten attempts a job outlives
    an outage of the mail server of more than half an hour.
    """

    attempts: int = 10
    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(hours=1)
    permanent: tuple[type[Exception], ...] = ()

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to run again, or None to give up; a few per cent of chance keep failed jobs from returning at once."""
        if isinstance(exception, self.permanent) or self.is_exhausted(job):
            return None
        # Twenty doublings are past any longest wait; a timedelta overflows after some forty.
        wait = min(self.first * 2 ** min(job.attempts, 20), self.longest) * random.uniform(1, 1.1)  # noqa: S311 (no secret)
        return RetryDecision(retry_at=datetime.now(UTC) + wait)

    def is_exhausted(self, job: Job) -> bool:
        """Whether the run in progress is the last one."""
        return job.attempts + 1 >= self.attempts


PATIENT = BackOff()


def job(
    *, queue: str = "default", retry: BackOff = PATIENT, lock: str | None = None, queueing_lock: str | None = None
) -> Callable[[JobFunction], JobTask]:
    """Declare a function as a job of the given queue.

    The worker calls it by keyword arguments, which must be JSON values (ids rather than objects), inside an app
    context with a session of its own; what it does is one transaction, committed when it returns and rolled back
    when it raises. It must be idempotent: after a crash or a lost connection it runs again. Called directly, it is
    the plain function, in the caller's transaction.
    """

    def declare(function: JobFunction) -> JobTask:
        name = f"{function.__module__}.{function.__qualname__}"
        register = jobs.task(name=name, queue=queue, retry=retry, lock=lock, queueing_lock=queueing_lock)
        return register(function)

    return declare


def periodic(cron: str) -> Callable[[JobTask], JobTask]:
    """Run a job by the clock (UTC), once however many workers there are: `@periodic("*/5 * * * *")` above `@job(…)`.

    The job is called with `timestamp`, the time it was due as seconds since 1970.
    """
    return jobs.periodic(cron=cron)


def defer(
    task: JobTask,
    /,
    *,
    session: Session | scoped_session[Any] | None = None,
    lock: str | None = None,
    queueing_lock: str | None = None,
    schedule_in: timedelta | None = None,
    **arguments: Any,
) -> int | None:
    """Put a job into the queue, in the transaction of the given session (the current one by default).

    Jobs with the same `lock` run one after the other. While a job with the same `queueing_lock` waits, no second one
    is added and None is returned; otherwise the job's id. Raises TypeError for arguments the job does not take or
    that are not JSON.
    """
    inspect.signature(task.func).bind(**arguments)
    session = session or db.session
    options: dict[str, Any] = {"lock": lock, "queueing_lock": queueing_lock}
    if schedule_in is not None:
        options["schedule_at"] = datetime.now(UTC) + schedule_in
    if queueing_lock or task.queueing_lock:
        return _defer_once(task, session, options, arguments)
    return _insert(task, session, options, arguments)


def defer_many(task: JobTask, arguments: Iterable[Mapping[str, Any]], /) -> None:
    """Put a job into the queue for each of these arguments, by one statement, in the current session's transaction."""
    waiting = []
    for each in arguments:
        inspect.signature(task.func).bind(**each)
        waiting.append(task.configure().make_new_job(**each))
    if waiting:
        _writer.batch_defer_jobs(waiting, connection=db.session.connection().connection.driver_connection)


def _defer_once(
    task: JobTask, session: Session | scoped_session[Any], options: dict[str, Any], arguments: dict[str, Any]
) -> int | None:
    """Insert unless one waits already; the savepoint keeps the refusal from spoiling the caller's transaction."""
    try:
        with session.begin_nested():
            return _insert(task, session, options, arguments)
    except AlreadyEnqueued:
        return None


def _insert(
    task: JobTask, session: Session | scoped_session[Any], options: dict[str, Any], arguments: dict[str, Any]
) -> int:
    new = task.configure(**options).make_new_job(**arguments)
    number = _writer.defer_job(new, connection=session.connection().connection.driver_connection).id
    assert number is not None  # A job that was written has its id.
    return number
