"""Requests that commit in steps: what happens when they fail or die between them, and what others get meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any, NoReturn

import pytest
from flask import Response
from sqlalchemy import select, update

from app.extensions import commit_step, db
from app.idempotency.models import IdempotencyRecord
from app.idempotency.records import RUNNING
from app.jsonapi import json
from app.jsonapi.errors import ApiError, Conflict, TooManyRequests, UnprocessableEntity
from tests.unittests.idempotency.conftest import Charges, number_of


class Death(BaseException):
    """The process ends."""


class ProviderDown(ApiError):
    """Nobody knows whether the money has moved."""

    status, title = 503, "Service Unavailable"


def raising(error: BaseException) -> Any:
    def end() -> NoReturn:
        raise error

    return end


def wait_for_running(passed: timedelta = RUNNING) -> None:
    """Let time pass for those who wait for a request that does not end."""
    db.session.execute(update(IdempotencyRecord).values(running_until=IdempotencyRecord.running_until - passed))
    db.session.commit()


def outcome(response: Any) -> tuple[int, bool]:
    """Its status, and whether it was given before."""
    return response.status_code, "Idempotent-Replayed" in response.headers


def test_answer_after_steps_is_replayed(charges: Charges) -> None:
    first, again = charges.send(), charges.send()
    assert (outcome(first), outcome(again)) == ((201, False), (201, True))
    assert (again.data, again.headers["Location"]) == (first.data, "/v1/charges/1")
    assert charges.marks() == ["intent", "outcome"]


def test_without_steps_a_refusal_is_not_kept(charges: Charges) -> None:
    charges.begin = raising(UnprocessableEntity("refused"))
    assert [outcome(charges.send()) for _ in range(2)] == [(422, False)] * 2
    assert (number_of(IdempotencyRecord), charges.marks()) == (0, [])


@pytest.mark.parametrize("path", ["/v1/charges", "/v1/auth/charges"])
def test_refusal_after_a_step_undoes_the_rest_and_is_replayed(charges: Charges, path: str) -> None:
    charges.end = raising(UnprocessableEntity("Your card was declined.", pointer="/data/attributes/stripe"))
    first, again = charges.send(path), charges.send(path)
    assert (outcome(first), outcome(again)) == ((422, False), (422, True))
    assert again.data == first.data
    assert b"Your card was declined." in again.data
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert charges.marks() == ["intent"]


def test_refusal_that_was_decided_and_committed_as_a_step_is_replayed(charges: Charges) -> None:
    def refuse() -> NoReturn:
        commit_step()
        raise UnprocessableEntity("Your card was declined.")

    charges.end = refuse
    assert [outcome(charges.send()) for _ in range(2)] == [(422, False), (422, True)]
    assert charges.marks() == ["intent", "outcome"]


@pytest.mark.parametrize(
    ("error", "status"),
    [(ProviderDown("Try again."), 503), (TooManyRequests(5), 429), (RuntimeError("a fault of ours"), 500)],
)
def test_what_is_not_decided_is_not_kept_and_can_be_tried_again_at_once(
    charges: Charges, error: Exception, status: int
) -> None:
    charges.end = raising(error)
    assert outcome(charges.send()) == (status, False)
    assert charges.send(body={"amount": 2}).status_code == 422  # The key goes on standing for the first request.
    charges.end = lambda: None
    assert [outcome(charges.send()) for _ in range(2)] == [(201, False), (201, True)]
    assert charges.marks() == ["intent", "intent", "outcome"]


def test_accident_of_the_database_after_a_step_is_answered_and_can_be_tried_again(charges: Charges) -> None:
    def spoil() -> None:
        db.session.execute(select(IdempotencyRecord.key + 1))  # No such operator: the transaction is lost.

    charges.end = spoil
    assert outcome(charges.send()) == (500, False)
    charges.end = lambda: None
    assert outcome(charges.send()) == (201, False)


def test_after_the_death_of_its_process_a_request_holds_others_off_for_a_while(charges: Charges) -> None:
    charges.between = raising(Death())
    with pytest.raises(Death):
        charges.send()
    charges.between = lambda: None
    assert charges.marks() == ["intent"]
    refused = charges.send()
    (error,) = refused.get_json(force=True)["errors"]
    assert (refused.status_code, error["source"]) == (409, {"header": "Idempotency-Key"})
    assert error["detail"] == "A request with this Idempotency-Key is still running. Try again."
    assert refused.headers["Retry-After"] == "1"
    wait_for_running(RUNNING - timedelta(seconds=20))
    assert charges.send().status_code == 409
    assert charges.send(body={"amount": 2}).status_code == 422


def test_repetition_takes_over_from_the_dead_after_two_minutes(charges: Charges) -> None:
    charges.between = raising(Death())
    with pytest.raises(Death):
        charges.send()
    charges.between = lambda: None
    wait_for_running()
    assert charges.send(body={"amount": 2}).status_code == 422
    assert [outcome(charges.send()) for _ in range(2)] == [(201, False), (201, True)]
    assert charges.marks() == ["intent", "intent", "outcome"]


def test_death_before_the_first_step_leaves_nothing(charges: Charges) -> None:
    charges.begin = raising(Death())
    with pytest.raises(Death):
        charges.send()
    charges.begin = lambda: None
    assert number_of(IdempotencyRecord) == 0
    assert outcome(charges.send()) == (201, False)


def test_repetition_between_the_steps_is_refused_and_nobody_waits_for_a_lock(charges: Charges) -> None:
    asking, answered = Event(), Event()

    def ask() -> None:
        asking.set()
        answered.wait(20)

    charges.between = ask
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(charges.send)
        asking.wait(20)
        try:
            assert charges.send().status_code == 409
            assert charges.send(body={"amount": 2}).status_code == 422
        finally:
            answered.set()
        assert outcome(first.result()) == (201, False)
    assert outcome(charges.send()) == (201, True)
    assert charges.marks() == ["intent", "outcome"]


@pytest.mark.parametrize("failure", [None, Conflict("refused")])
def test_request_that_was_taken_over_while_it_slept_does_not_answer_for_its_successor(
    charges: Charges, failure: Exception | None
) -> None:
    asking, answered, slept = Event(), Event(), []

    def ask() -> None:
        if not slept:
            slept.append(True)
            asking.set()
            answered.wait(20)
            if failure is not None:
                raise failure

    charges.between = ask
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(charges.send)
        asking.wait(20)
        try:
            wait_for_running()
            assert outcome(charges.send()) == (201, False)
        finally:
            answered.set()
        assert outcome(first.result()) == (409, False)
    assert outcome(charges.send()) == (201, True)
    assert charges.marks() == ["intent", "intent", "outcome"]


@pytest.mark.parametrize(("size", "status"), [(1024 * 1024, 200), (1024 * 1024 + 1, 409)])
@pytest.mark.parametrize("streamed", [False, True])
def test_answers_of_more_than_a_mebibyte_are_not_kept_and_not_made_twice(
    charges: Charges, size: int, status: int, streamed: bool
) -> None:
    def paper() -> Response:
        body = (b"%" * (size // 2), b"%" * (size - size // 2))
        return Response((part for part in body) if streamed else b"".join(body), mimetype="application/pdf")

    charges.end = paper
    first, again = charges.send(), charges.send()
    assert (first.status_code, len(first.data), again.status_code) == (200, size, status)
    assert charges.marks() == ["intent", "outcome"]
    if status == 200:
        assert (again.data, again.headers["Content-Type"]) == (first.data, "application/pdf")
    else:
        assert b"its answer was too large to be kept" in again.data


def test_answer_without_a_body_is_replayed(charges: Charges) -> None:
    charges.end = lambda: Response(status=204)
    assert [(*outcome(each), each.data) for each in (charges.send(), charges.send())] == [
        (204, False, b""),
        (204, True, b""),
    ]


def test_steps_of_requests_without_a_key_are_committed_too(charges: Charges) -> None:
    charges.end = lambda: json.answer({})
    charges.between = raising(UnprocessableEntity("refused"))
    assert charges.app.test_client().post("/v1/charges").status_code == 422
    assert charges.marks() == ["intent"]
    assert number_of(IdempotencyRecord) == 0
