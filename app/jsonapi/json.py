"""JSON in and out, by orjson: times as RFC 3339 in UTC, decimals as numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
from flask import Response, request

from app.jsonapi.errors import BadRequest

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC | orjson.OPT_NON_STR_KEYS
JSON = "application/json"
JSON_API = "application/vnd.api+json"
DEEPEST = 64


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value))


def dump(value: Any) -> bytes:
    """The value as JSON."""
    return orjson.dumps(value, default=_plain, option=OPTIONS)


def body() -> Any:
    """The request's body as a value; raises BadRequest when it is no JSON or nested beyond reason."""
    try:
        value = orjson.loads(request.get_data(cache=True) or b"")
    except ValueError as error:
        raise BadRequest("The body is not valid JSON.", pointer="/") from error
    if _depth(value) > DEEPEST:
        raise BadRequest("The body is nested too deeply.", pointer="/")
    return value


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        inner = [child for item in level if isinstance(item, dict) for child in item.values()]
        inner += [child for item in level if isinstance(item, list) for child in item]
        level = [item for item in inner if isinstance(item, dict | list)]
    return depth


def answer(value: Any, status: int = 200, *, media_type: str = JSON, headers: dict[str, str] | None = None) -> Response:
    """A response whose body is this value."""
    return Response(dump(value), status, headers, content_type=media_type)
