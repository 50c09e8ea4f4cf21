"""Jobs the tests defer; what they did stands in the table `traces`."""

from __future__ import annotations

import os
import time
from datetime import timedelta

from sqlalchemy import text

from app.extensions import db
from app.jobs import BackOff, defer, job


class NeverMends(Exception):
    """A failure that repeating does not cure."""


def make_traces() -> None:
    """Make the table the jobs write to, and commit it."""
    db.session.execute(text("CREATE TABLE traces (word text NOT NULL, process integer NOT NULL)"))
    db.session.commit()


def traces() -> list[str]:
    """The words jobs have left so far, as other transactions see them."""
    with db.engine.connect() as connection:
        return list(connection.scalars(text("SELECT word FROM traces ORDER BY word")))


def _leave(word: str) -> None:
    db.session.execute(text("INSERT INTO traces VALUES (:word, :process)"), {"word": word, "process": os.getpid()})


def _leave_at_once(word: str) -> None:
    """Leave a trace that a rollback or a kill does not undo."""
    with db.engine.begin() as connection:
        connection.execute(text("INSERT INTO traces VALUES (:word, :process)"), {"word": word, "process": os.getpid()})


@job(queue="tests")
def leave(word: str) -> None:
    """Leave a trace."""
    _leave(word)


@job(queue="tests")
def leave_and_defer(word: str) -> None:
    """Leave a trace, and have another job leave a second one."""
    _leave(word)
    defer(leave, word=f"{word} again")


@job(queue="tests", retry=BackOff(attempts=3, first=timedelta(0)))
def leave_and_fail(word: str) -> None:
    """Leave a trace that the failure takes back, and one that stays."""
    _leave(word)
    _leave_at_once(f"{word} tried")
    raise ValueError(word)


@job(queue="tests", retry=BackOff(permanent=(NeverMends,)))
def fail_for_good(word: str) -> None:
    """Fail in a way that is not retried."""
    raise NeverMends(word)


@job(queue="tests")
def be_slow_at_first(word: str, seconds: float) -> None:
    """Say that it began, take its time unless it is the second try, and say that it ended."""
    is_first = not any(found.endswith("began") for found in traces())
    _leave_at_once(f"{word} began")
    if is_first:
        time.sleep(seconds)
    _leave(f"{word} ended")


@job(queue="tests", queueing_lock="sweep")
def sweep() -> None:
    """One waiting at a time is enough."""
    _leave("swept")
