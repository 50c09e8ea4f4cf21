"""Deferring jobs: in whose transaction, with which arguments, how often, and how they come back after failures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from procrastinate.jobs import Job
from sqlalchemy import inspect, text

from app.extensions import db
from app.jobs import BackOff, apply_schema, defer, drop_schema
from tests.unittests.jobs import sample_jobs


def waiting() -> list[tuple[str, dict[str, object]]]:
    """Name and arguments of the jobs other transactions see in the queue."""
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo'"))
        return [(name.rpartition(".")[2], arguments) for name, arguments in rows]


def test_rolled_back_transaction_leaves_no_job(committed_app: Flask) -> None:
    assert defer(sample_jobs.leave, word="never") is not None
    db.session.rollback()
    assert waiting() == []


def test_job_is_visible_only_once_its_transaction_is_committed(committed_app: Flask) -> None:
    defer(sample_jobs.leave, word="later")
    assert waiting() == []
    db.session.commit()
    assert waiting() == [("leave", {"word": "later"})]


def test_job_is_deferred_in_the_session_that_is_given(committed_app: Flask) -> None:
    with db.Session(db.engine) as session:
        defer(sample_jobs.leave, session=session, word="mine")
        db.session.rollback()
        session.commit()
    assert waiting() == [("leave", {"word": "mine"})]


@pytest.mark.parametrize("arguments", [{}, {"word": "a", "other": 1}, {"word": Decimal(1)}, {"word": {1, 2}}])
def test_arguments_the_job_cannot_take_are_refused_when_deferring(
    committed_app: Flask, arguments: dict[str, Any]
) -> None:
    with pytest.raises(TypeError):
        defer(sample_jobs.leave, **arguments)


def test_second_job_with_the_same_queueing_lock_is_not_added(committed_app: Flask) -> None:
    assert defer(sample_jobs.sweep) is not None
    assert defer(sample_jobs.sweep) is None
    assert defer(sample_jobs.leave, word="the transaction still works") is not None
    db.session.commit()
    assert [name for name, _ in waiting()] == ["sweep", "leave"]


def test_job_can_be_deferred_for_later(committed_app: Flask) -> None:
    defer(sample_jobs.leave, schedule_in=timedelta(hours=1), word="later")
    due = db.session.scalar(text("SELECT scheduled_at FROM procrastinate_jobs"))
    assert timedelta(minutes=59) < due - datetime.now(UTC) <= timedelta(hours=1)


def test_called_directly_a_job_is_a_plain_function_in_the_callers_transaction(committed_app: Flask) -> None:
    sample_jobs.make_traces()
    sample_jobs.leave(word="direct")
    assert sample_jobs.traces() == []
    db.session.commit()
    assert sample_jobs.traces() == ["direct"]


def attempt(attempts: int) -> Job:
    return Job(id=1, queue="tests", lock=None, queueing_lock=None, task_name="any", attempts=attempts)


def wait_after(strategy: BackOff, attempts: int) -> float:
    """Seconds until the next run."""
    decision = strategy.get_retry_decision(exception=ValueError(), job=attempt(attempts))
    assert decision is not None
    assert decision.retry_at is not None
    return (decision.retry_at - datetime.now(UTC)).total_seconds()


def test_waits_double_up_to_the_longest() -> None:
    strategy = BackOff(attempts=100)
    assert [round(wait_after(strategy, n) / 5.25 / 2**n, 1) for n in range(5)] == pytest.approx([1] * 5, abs=0.1)
    assert 3590 < wait_after(strategy, 50) <= 3600 * 1.1


def test_last_attempt_and_permanent_failures_are_not_retried() -> None:
    strategy = BackOff(attempts=3, permanent=(KeyError,))
    assert strategy.get_retry_decision(exception=ValueError(), job=attempt(1)) is not None
    assert strategy.get_retry_decision(exception=ValueError(), job=attempt(2)) is None
    assert strategy.get_retry_decision(exception=KeyError(), job=attempt(0)) is None


def test_schema_can_be_dropped_and_made_again(committed_app: Flask) -> None:
    with db.engine.begin() as connection:
        drop_schema(connection)
        assert [name for name in inspect(connection).get_table_names() if name.startswith("procrastinate")] == []
        left = "SELECT count(*) FROM pg_type WHERE starts_with(typname, 'procrastinate')"
        assert connection.scalar(text(left)) == 0
        apply_schema(connection)
    defer(sample_jobs.leave, word="again")
    db.session.commit()
    assert len(waiting()) == 1
