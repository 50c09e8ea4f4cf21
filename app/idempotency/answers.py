"""Answers as they are kept in a record, and made anew from it."""

from __future__ import annotations

from flask import Response

from app.encryption import Undecipherable, decrypt, encrypt
from app.idempotency.models import IdempotencyRecord
from app.idempotency.records import Attempt, answer
from app.idempotency.refusals import Unavailable

REPLAYED = "Idempotent-Replayed"
LARGEST = 1024 * 1024  # Bytes of a body that is kept.
# What the server says anew with each answer.
NOT_KEPT = {"content-length", "date"}


def keep(attempt: Attempt, response: Response) -> bool:
    """Write this answer into the attempt's record; False when a repetition took it over. Reads the whole body."""
    headers = [[name, value] for name, value in response.headers if name.lower() not in NOT_KEPT]
    body = _body(response)
    return answer(attempt, response.status_code, headers, encrypt(body) if body is not None else None)


def _body(response: Response) -> bytes | None:
    """The body, or None if it is too large to be kept."""
    if (response.content_length or 0) > LARGEST:
        return None
    response.direct_passthrough = False  # Files are sent in pieces unless one asks for the whole.
    body = response.get_data()
    return body if len(body) <= LARGEST else None


def replay(record: IdempotencyRecord) -> Response:
    """The answer in an answered record; raises Unavailable when it was not kept or cannot be read."""
    if record.body is None:
        raise Unavailable("its answer was too large to be kept")
    try:
        body = decrypt(record.body)
    except Undecipherable as error:
        raise Unavailable("its answer can no longer be read") from error
    response = Response(body, record.status)
    response.headers.clear()
    response.headers.extend((name, value) for name, value in record.headers or ())
    response.headers[REPLAYED] = "true"
    return response
