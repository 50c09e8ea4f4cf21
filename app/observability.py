"""What can be seen of the service from outside: request ids, one log line per request, metrics."""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson
from flask import Flask, Response, g, has_request_context, request
from prometheus_client import Counter, Histogram
from sqlalchemy import event
from sqlalchemy.engine import Engine

REQUESTS = Counter("http_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("http_request_duration_seconds", "Time a request took.", ["method", "route"])
STATEMENTS = Histogram(
    "http_request_sql_statements", "SQL statements of a request.", ["route"], buckets=(1, 2, 4, 8, 16, 32, 64, 128)
)
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PATCH", "PUT", "DELETE"}
# What would begin a line of its own, or change how a terminal shows the lines there are.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

log = logging.getLogger("app.request")


class JsonLines(logging.Formatter):
    """One JSON object per line; members given as `extra={"fields": {…}}` stand beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if has_request_context() and "request_id" in g:
            line["request_id"] = g.request_id
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


class TextLines(logging.Formatter):
    """Lines for people; what clients made up, such as the path they ask for, begins no line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        fields = " ".join(f"{key}={value}" for key, value in getattr(record, "fields", {}).items())
        message = _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], f"{record.getMessage()} {fields}")
        line = f"{datetime.fromtimestamp(record.created):%H:%M:%S} {record.levelname:<7} {message}"
        return line.rstrip() + ("\n" + self.formatException(record.exc_info) if record.exc_info else "")


def init_app(app: Flask) -> None:
    """Number, time, count and log the app's requests."""
    configure_logging(app.config["LOG_LEVEL"], app.config["LOG_FORMAT"])
    app.before_request(_begin)
    app.after_request(_end)


def configure_logging(level: str, form: str) -> None:
    """Send the service's log lines to standard error in the configured form."""
    logger = logging.getLogger("app")
    logger.setLevel(level)
    if not logger.handlers:
        logger.addHandler(logging.StreamHandler(sys.stderr))
    for handler in logger.handlers:
        handler.setFormatter(JsonLines() if form == "json" else TextLines())


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _ACCEPTABLE_ID.fullmatch(given) else secrets.token_hex(8)
    g.started = time.perf_counter()
    g.statements = 0


def _end(response: Response) -> Response:
    if "started" not in g:
        return response
    seconds = time.perf_counter() - g.started
    route = request.url_rule.rule if request.url_rule else "none"
    response.headers["X-Request-Id"] = g.request_id
    requests, durations, statements = _metrics(request.method, route, response.status_code)
    requests.inc()
    durations.observe(seconds)
    statements.observe(g.statements)
    if log.isEnabledFor(logging.INFO):
        log.info(
            "%s %s %s", request.method, request.path, response.status_code, extra={"fields": _fields(route, seconds)}
        )
    return response


@lru_cache(maxsize=4096)
def _metrics(method: str, route: str, status: int) -> tuple[Counter, Histogram, Histogram]:
    """What such a request counts in; methods that clients make up are counted together."""
    method = method if method in METHODS else "other"
    return REQUESTS.labels(method, route, status), SECONDS.labels(method, route), STATEMENTS.labels(route)


def _fields(route: str, seconds: float) -> dict[str, Any]:
    actor = g.get("actor")
    return {
        "route": route,
        "user": actor.id if actor is not None else None,
        "ms": round(seconds * 1000, 1),
        "statements": g.statements,
    }


@event.listens_for(Engine, "before_cursor_execute")
def _count_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    """Count what is asked of the database; the bounds of transactions are not."""
    if has_request_context() and not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
        g.statements = g.get("statements", 0) + 1
