"""Every error the API can answer with: one family, raised where the rule is, formatted in one place.

`status` is a number for every rule. Only the schema's own complaints carry the string "422",
because clients tell the two apart by that. `source` always names where the fault lies: a JSON
pointer into the body or a query parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

JSONAPI_VERSION = {"version": "1.0"}


class ApiError(Exception):
    """An answer other than success. Subclasses fix the status and title; the raiser names the field."""

    status: int = 500
    title: str = "Internal Server Error"
    # Some plain routes of the contract tell an error as `{"error": detail}`.
    is_plain: bool = False

    def __init__(
        self,
        detail: str = "",
        *,
        pointer: str | None = None,
        parameter: str | None = None,
        source: dict[str, Any] | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.code = code
        self.source = source if source is not None else _source(pointer, parameter)
        self.headers: dict[str, str] = {}

    def objects(self) -> list[dict[str, Any]]:
        """The members of `errors` this answer consists of."""
        error = {"status": self.status, "title": self.title, "detail": self.detail, "source": self.source}
        return [error | {"code": self.code} if self.code else error]


def _source(pointer: str | None, parameter: str | None) -> dict[str, Any]:
    return {"parameter": parameter} if parameter is not None else {"pointer": pointer or ""}


class BadRequest(ApiError):
    """The request cannot be read: broken JSON, an unknown name in the query string."""

    status, title = 400, "Bad Request"


class InvalidQuery(BadRequest):
    """A query parameter that names something unknown or holds something unreadable."""

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail, parameter=parameter)
        self.title = f"Invalid {parameter.partition('[')[0]} querystring parameter."


class Unauthorized(ApiError):
    """Nobody is signed in, or the token is malformed, expired or revoked."""

    status, title = 401, "Unauthorized"

    def __init__(self, detail: str = "Sign in to do this.", *, parameter: str | None = "Authorization") -> None:
        super().__init__(detail, parameter=parameter)


class Forbidden(ApiError):
    """The actor is known and may not do this."""

    status, title = 403, "Forbidden"


class NotFound(ApiError):
    """There is no such row, or the actor may not know that there is."""

    status, title = 404, "Not Found"


class MethodNotAllowed(ApiError):
    """The route exists and does not take this method."""

    status, title = 405, "Method Not Allowed"


class NotAcceptable(ApiError):
    """The `Accept` header leaves no media type this route can answer with."""

    status, title = 406, "Not Acceptable"


class Conflict(ApiError):
    """The request is sound and the state of the data refuses it."""

    status, title = 409, "Conflict"


class PreconditionFailed(ApiError):
    """`If-Match` names a version that is no longer the current one."""

    status, title = 412, "Precondition Failed"


class ContentTooLarge(ApiError):
    """The body is larger than the service reads."""

    status, title = 413, "Content Too Large"


class UnsupportedMediaType(ApiError):
    """The `Content-Type` is not one this route reads."""

    status, title = 415, "Unsupported Media Type"


class UnprocessableEntity(ApiError):
    """A rule refuses a value that is well-formed in itself."""

    status, title = 422, "Unprocessable Entity"


class SeveralFaults(UnprocessableEntity):
    """A rule refuses several values: `faults` are (source, detail) pairs, told one by one behind the whole."""

    def __init__(self, detail: str, faults: Sequence[tuple[dict[str, Any], str]], *, source: dict[str, Any]) -> None:
        super().__init__(detail, source=source)
        self.faults = list(faults)

    def objects(self) -> list[dict[str, Any]]:
        each = {"status": self.status, "title": self.title}
        return [*super().objects(), *(each | {"detail": detail, "source": source} for source, detail in self.faults)]


class TooManyRequests(ApiError):
    """A rate limit is used up; `retry_after` is in seconds."""

    status, title = 429, "Too Many Requests"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many requests. Try again in {retry_after} seconds.")
        self.headers = {"Retry-After": str(retry_after)}


class InternalError(ApiError):
    """A fault of ours; what went wrong is in the log, not in the answer."""

    status, title = 500, "Internal Server Error"


class ServiceUnavailable(ApiError):
    """Somebody we have to ask does not answer; `retry_after` is in seconds."""

    status, title = 503, "Service Unavailable"

    def __init__(self, detail: str, *, pointer: str | None = None, retry_after: int = 30) -> None:
        super().__init__(detail, pointer=pointer)
        self.headers = {"Retry-After": str(retry_after)}


class Invalid(ApiError):
    """The schema rejects one or more values; `faults` are (pointer, detail) pairs."""

    status, title = 422, "Validation error"

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(detail for _, detail in faults))
        self.faults = list(faults)

    @classmethod
    def attribute(cls, name: str, detail: str) -> Invalid:
        """One fault at the attribute of that name (dashes or underscores)."""
        return cls([(f"/data/attributes/{name.replace('_', '-')}", detail)])

    def objects(self) -> list[dict[str, Any]]:
        return [
            {"status": str(self.status), "title": self.title, "detail": detail, "source": {"pointer": pointer}}
            for pointer, detail in self.faults
        ]


Explanation = Callable[[Any], ApiError]
_explanations: dict[str, Explanation] = {}


def explains(constraint: str) -> Callable[[Explanation], Explanation]:
    """Let a domain say what it means that the database refused a write under this constraint.

    The function is given the database's diagnosis (psycopg's `Diagnostic`), after the transaction was rolled back, and
    may ask the database for what stands in the way.
    """

    def register(explanation: Explanation) -> Explanation:
        _explanations[constraint] = explanation
        return explanation

    return register


def explained(diagnosis: Any) -> ApiError | None:
    """The error a domain makes of the database's refusal; None where none has anything to say about it."""
    explanation = _explanations.get(diagnosis.constraint_name) if diagnosis is not None else None
    return explanation(diagnosis) if explanation is not None else None


def document(error: ApiError, request_id: str | None = None) -> dict[str, Any]:
    """The error document of JSON:API for this error."""
    objects = error.objects()
    if request_id:
        for item in objects:
            item["id"] = request_id
    return {"errors": objects, "jsonapi": JSONAPI_VERSION}
