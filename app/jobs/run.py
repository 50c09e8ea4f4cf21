"""Running one job: its app context, its transaction, its line in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from flask import Flask
from procrastinate import JobContext
from procrastinate.worker import Worker
from sqlalchemy import text

from app.extensions import db
from app.jobs.queue import StillRunning

logger = logging.getLogger("app.jobs")

_CLAIM = text("SELECT pg_try_advisory_xact_lock(hashtextextended('procrastinate job ' || :id, 0))")


@dataclass(frozen=True)
class JobRunner:
    """What the worker wraps around every job, in the thread the job runs in."""

    app: Flask

    def __call__(self, call: Callable[[], Any], context: JobContext, worker: Worker) -> Any:
        """Run the job in its own context and transaction; exceptions pass through to the retry strategy."""
        started = perf_counter()
        try:
            self._in_transaction(call, context)
        except Exception as error:
            _log(context, started, _failure(context, error), error)
            raise
        _log(context, started, "done")

    def _in_transaction(self, call: Callable[[], Any], context: JobContext) -> None:
        with self.app.app_context():
            try:
                _claim(context)
                call()
                db.session.commit()
            except BaseException:
                db.session.rollback()
                raise


def _claim(context: JobContext) -> None:
    """Make sure that no worker which only seemed dead is at this job; the claim ends with the transaction."""
    if not db.session.scalar(_CLAIM, {"id": str(context.job.id)}):
        raise StillRunning(f"job {context.job.id}")


def _failure(context: JobContext, error: Exception) -> str:
    strategy = context.task.retry_strategy if context.task else None
    again = strategy and strategy.get_retry_decision(exception=error, job=context.job)
    return "failed, will be retried" if again else "failed for good"


def _log(context: JobContext, started: float, outcome: str, error: Exception | None = None) -> None:
    fields = {
        "job": context.job.task_name,
        "job_id": context.job.id,
        "arguments": context.job.task_kwargs,
        "attempt": context.job.attempts + 1,
        "ms": round((perf_counter() - started) * 1000, 1),
    }
    level = logging.INFO if error is None else logging.WARNING if "retried" in outcome else logging.ERROR
    logger.log(level, "job %s", outcome, extra={"fields": fields}, exc_info=error)
