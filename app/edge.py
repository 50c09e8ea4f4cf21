"""The edge of a request: its transaction is committed here, and every error becomes an answer here."""

from __future__ import annotations

import logging
import re

from flask import Flask, Request, Response, g, request
from flask.sessions import NullSession, SessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from app.adapters.storage import StorageUnavailable
from app.extensions import db
from app.idempotency.guard import answer_once, is_to_be_done_once
from app.jsonapi import json
from app.jsonapi.errors import (
    ApiError,
    BadRequest,
    Conflict,
    ContentTooLarge,
    InternalError,
    MethodNotAllowed,
    NotFound,
    ServiceUnavailable,
    UnprocessableEntity,
    UnsupportedMediaType,
    document,
    explained,
)

log = logging.getLogger("app.edge")

# Under these paths errors are `{"error": text}`, which is what sign-in forms show.
PLAIN_ERRORS = ("/auth/", "/v1/auth/")
HTTP_ERRORS: dict[int, type[ApiError]] = {
    400: BadRequest, 404: NotFound, 405: MethodNotAllowed, 413: ContentTooLarge, 415: UnsupportedMediaType,
}  # fmt: skip


class NoSessions(SessionInterface):
    """Nobody is recognised by a cookie, so none is read or written."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """A session that nothing can be put into."""
        return NullSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing is saved."""


class Service(Flask):
    """The Flask app; a request that ends without an error commits its transaction, any other rolls back."""

    session_interface = NoSessions()

    def dispatch_request(self) -> ResponseReturnValue:
        """Serve the request and commit what it did, so that a failing commit is answered like any error."""
        serve = super().dispatch_request
        if is_to_be_done_once():
            return answer_once(serve, answer_error)
        answer = serve()
        if db.session.registry.has():
            db.session.commit()
        return answer


def init_app(app: Service) -> None:
    """Bind the error handlers and, behind trusted proxies, the client's real address."""
    app.register_error_handler(Exception, answer_error)
    app.after_request(_private)
    proxies = app.config["TRUSTED_PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]


def answer_error(error: Exception) -> Response:
    """The answer to any error: JSON in the API's one form, and nothing half-written."""
    if db.session.registry.has():
        db.session.rollback()
    known = as_api_error(error)
    if known.status >= 500:
        log.exception("The request failed.", exc_info=error)
    response = _rendered(known)
    response.headers.update(known.headers)
    return response


def _rendered(error: ApiError) -> Response:
    if error.is_plain or request.path.startswith(PLAIN_ERRORS):
        return json.answer({"error": error.detail}, error.status)
    return json.answer(document(error, g.get("request_id")), error.status, media_type=json.JSON_API)


def as_api_error(error: Exception) -> ApiError:
    """The error of the API's family that stands for this one."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, HTTPException):
        return _from_http(error)
    if isinstance(error, IntegrityError):
        return _from_integrity(error)
    if isinstance(error, DataError) or _is_too_long(error):
        return UnprocessableEntity("A value does not fit where it is to be stored.", pointer="/data")
    return _from_moment(error) or InternalError("The server failed. The request id names this failure in its log.")


def _from_moment(error: Exception) -> ApiError | None:
    """What fails only now: the same request may succeed later."""
    if isinstance(error, StaleDataError) or (isinstance(error, DBAPIError) and _is_transient(error)):
        return Conflict("The data was changed by another request at the same time. Try again.", pointer="/data")
    if isinstance(error, StorageUnavailable):
        return ServiceUnavailable("Files cannot be kept or read at the moment. Try again later.")
    return None


def _from_http(error: HTTPException) -> ApiError:
    kind = HTTP_ERRORS.get(error.code or 500)
    if kind is None:
        made = ApiError(error.description or error.name)
        made.status, made.title = error.code or 500, error.name
    else:
        made = kind(_told(error), parameter=None)
    if "Allow" in (headers := dict(error.get_headers())):
        made.headers = {"Allow": headers["Allow"]}
    return made


def _told(error: HTTPException) -> str:
    if error.code == 404:
        return f"There is nothing at {request.path}."
    if error.code == 405:
        return f"{request.method} is not possible at {request.path}."
    return error.description or error.name


def _from_integrity(error: IntegrityError) -> ApiError:
    """What the database refused to keep consistent: a duplicate, a row still in use, a broken limit."""
    diagnosis = getattr(error.orig, "diag", None)
    known = explained(diagnosis)
    if known is not None:
        return known
    state, constraint = getattr(error.orig, "sqlstate", ""), (diagnosis and diagnosis.constraint_name) or ""
    column = re.sub(r"^(uq|fk|ck)_", "", constraint)
    table = (diagnosis and diagnosis.table_name) or ""
    name = column.removeprefix(f"{table}_").removesuffix("_id").replace("_", "-")
    if state == "23505":
        return Conflict(f"Another one with this {name or 'value'} exists already.", pointer=f"/data/attributes/{name}")
    if state in ("23503", "23001"):
        return Conflict(f"Something still refers to this, or what it refers to is gone ({name}).", pointer="/data")
    if state == "23502":
        missing = (diagnosis and diagnosis.column_name) or ""
        pointer = f"/data/attributes/{missing.replace('_', '-')}"
        return UnprocessableEntity("Missing data for required field.", pointer=pointer)
    return UnprocessableEntity(f"The value breaks the rule {name}.", pointer=f"/data/attributes/{name}")


def _is_too_long(error: Exception) -> bool:
    """Whether the database found a text too long for the index it belongs in."""
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", "") == "54000"


def _is_transient(error: DBAPIError) -> bool:
    """Whether the same request may succeed when sent again: deadlocks and failed serialization."""
    return getattr(error.orig, "sqlstate", "") in ("40P01", "40001", "55P03")


def _private(response: Response) -> Response:
    """Answers depend on who asks, and are asked for anew each time; entity tags make that cheap."""
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.headers.add("Vary", "Authorization")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
