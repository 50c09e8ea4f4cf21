"""The guard around a POST or PATCH that carries an `Idempotency-Key`.

The record is inserted before the view runs and answered before the commit at the edge, so that effect and
answer are one transaction, and an error leaves neither. A view that commits in steps
(`app.extensions.commit_step`) leaves the record unanswered between them, which holds off repetitions; once
there was such a step, errors are answers to be kept, too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from app.extensions import db, steps_committed
from app.idempotency.answers import keep, replay
from app.idempotency.records import Attempt, Claim, find, lock, release, take
from app.idempotency.refusals import HEADER, Reused, Running, UnreadableKey
from app.jsonapi.errors import ApiError
from app.jsonapi.permissions import current_actor

METHODS = ("POST", "PATCH")
ANONYMOUS = "anonymous"
KEY = re.compile(r"[!-~]{1,255}")
TOO_MANY = 429

Serve = Callable[[], ResponseReturnValue]
Refuse = Callable[[Exception], Response]


def is_to_be_done_once() -> bool:
    """Whether this request asks to be done once, at a route that there is."""
    return request.method in METHODS and HEADER in request.headers and request.routing_exception is None


def answer_once(serve: Serve, refuse: Refuse) -> Response:
    """What `serve` answers, committed; or, to a repetition, what was answered before.

    `refuse` makes the answer to an error, rolling back. Raises UnreadableKey, Reused, Running, Unavailable, and
    what `serve` raises before its first committed step.
    """
    claim = _claim()
    if not lock(claim):
        raise Running
    attempt = take(claim)
    return _repeated(claim) if attempt is None else _attempted(attempt, serve, refuse)


def _claim() -> Claim:
    """Whose request this is, and what it asks for; raises UnreadableKey, and Unauthorized for a bad token."""
    key = request.headers[HEADER]
    if not KEY.fullmatch(key):
        raise UnreadableKey
    actor = current_actor()
    parts = [request.method, request.path, request.query_string, request.headers.get("Content-Type", "")]
    if actor.is_anonymous:  # A refresh token in this header is all that tells one request from another's.
        parts.append(request.headers.get("Authorization", ""))
    digest = hashlib.sha256(repr(parts).encode())
    digest.update(request.get_data(cache=True))
    return Claim(ANONYMOUS if actor.is_anonymous else str(actor.id), key, digest.digest())


def _repeated(claim: Claim) -> Response:
    record = find(claim)
    if record.fingerprint != claim.fingerprint:
        raise Reused
    if record.status is None:
        raise Running
    answer = replay(record)
    db.session.rollback()  # Nothing was done; others need not wait for the end of the request.
    return answer


def _attempted(attempt: Attempt, serve: Serve, refuse: Refuse) -> Response:
    steps = steps_committed()
    try:
        answer = current_app.make_response(serve())
        if not keep(attempt, answer):
            raise Running  # A repetition took over what seemed abandoned; what was not committed yet is its to do.
        db.session.commit()
    except Exception as error:
        if steps_committed() == steps:
            raise
        return _failed_after_steps(attempt, error, refuse)
    return answer


def _failed_after_steps(attempt: Attempt, error: Exception, refuse: Refuse) -> Response:
    """The answer to an error, kept in a transaction of its own if the error is a decision."""
    answer = refuse(error)
    if _is_decision(error):
        keep(attempt, answer)
    else:
        release(attempt)
    db.session.commit()
    return answer


def _is_decision(error: Exception) -> bool:
    """Whether asking again should get the same answer: a rule refused; nothing broke and nobody has to wait."""
    return isinstance(error, ApiError) and error.status < 500 and error.status != TOO_MANY
