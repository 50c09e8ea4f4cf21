"""The raw limit: the same answers by few SQL statements and one orjson call, with nothing around them.

A WSGI application of its own that knows the requests of the benchmark and no others. It holds no answers: each one
is read from the database and written anew. Constant is only what is constant in the service, too: names and links.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bench.raw.documents import Answer
from bench.raw.orders import hold, place
from bench.raw.programme import sessions
from bench.raw.reads import Environ, event, event_types, events, settings
from bench.raw.writes import attendee, sign_in

JSON_API = "application/vnd.api+json"


def health(environ: Environ) -> Answer:
    """Whether the server is there."""
    return "200 OK", b"{}"


Handler = Callable[..., Answer]
ROUTES: list[tuple[str, re.Pattern[str], Handler]] = [
    ("GET", re.compile("/v1/events"), events),
    ("GET", re.compile("/v1/events/([0-9a-f]{8})"), event),
    ("GET", re.compile("/v1/events/([0-9a-f]{8})/sessions"), sessions),
    ("GET", re.compile("/v1/event-types"), event_types),
    ("GET", re.compile("/v1/settings"), settings),
    ("POST", re.compile("/auth/session"), sign_in),
    ("POST", re.compile("/v1/attendees"), attendee),
    ("POST", re.compile("/v1/orders"), place),
    ("POST", re.compile("/v1/orders/create-order"), hold),
    ("GET", re.compile("/health"), health),
]


def application(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
    """The WSGI application."""
    status, body = answer(environ)
    start_response(status, [("Content-Type", JSON_API), ("Content-Length", str(len(body)))])
    return [body]


def answer(environ: Environ) -> Answer:
    """Status and body for a request."""
    for method, path, handler in ROUTES:
        found = path.fullmatch(environ["PATH_INFO"]) if method == environ["REQUEST_METHOD"] else None
        if found:
            return handler(environ, *found.groups())
    return "404 Not Found", b"{}"
