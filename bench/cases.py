"""What is measured: each case is an endless row of alike requests, and what is expected in answer to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from urllib.parse import quote

import orjson

from bench.client import JSON_API, Request
from bench.samples import Samples, Waiting, sign_in

INCLUDED = "event-type,event-topic,event-sub-topic,tickets,owner"
WANTED_NAME = "%Berlin%"


@dataclass(frozen=True)
class Case:
    """A kind of request. `bound` is the largest wanted ratio to the raw answer, None where none is wanted."""

    name: str
    requests: Callable[[Samples], Iterator[Request]]
    expected: int = 200
    bound: float | None = None
    half_of: str = ""  # The case whose full answer takes at least twice as long.
    is_write: bool = False  # Answers differ in ids and times, and so are compared by their members.


def path(text: str) -> Callable[[Samples], Iterator[Request]]:
    """The same address over and over."""
    return lambda samples: cycle([Request(text)])


def each_event(query: str = "") -> Callable[[Samples], Iterator[Request]]:
    """One event after the other."""
    return lambda samples: cycle([Request(f"/v1/events/{identifier}{query}") for identifier in samples.identifiers])


def unchanged(text: str) -> Callable[[Samples], Iterator[Request]]:
    """The same address by a client that holds the answer already."""
    return lambda samples: cycle([Request(text, headers=(("If-None-Match", samples.tag(text)),))])


def unchanged_event(samples: Samples) -> Iterator[Request]:
    """One event by a client that holds it already."""
    return unchanged(f"/v1/events/{samples.identifiers[0]}")(samples)


def signing_in(samples: Samples) -> Iterator[Request]:
    """One user after the other."""
    return cycle([sign_in(email) for email in samples.buyers])


def ordering(samples: Samples) -> Iterator[Request]:
    """An order for an attendee who waits for one, again and again; ends when nobody waits any more."""
    return (
        _post(samples, waiting, "order", {"payment-mode": "free"}, {"attendees": [_linkage("attendee", waiting.id)]})
        for waiting in samples.waiting()
    )


def registering(samples: Samples) -> Iterator[Request]:
    """A new attendee, which is what a client makes before an order."""
    name = {"firstname": "Ada", "lastname": "Okafor", "email": "ada@example.org"}
    return (
        _post(samples, waiting, "attendee", name, {"ticket": _linkage("ticket", waiting.ticket_id)})
        for waiting in cycle(samples.waiting())
    )


def _linkage(type_: str, id_: int) -> dict[str, str]:
    return {"type": type_, "id": str(id_)}


def _post(
    samples: Samples, waiting: Waiting, type_: str, attributes: dict[str, str], linked: dict[str, Any]
) -> Request:
    linked = {"event": _linkage("event", waiting.event_id), **linked}
    relationships = {name: {"data": data} for name, data in linked.items()}
    document = {"data": {"type": type_, "attributes": attributes, "relationships": relationships}}
    headers = (("Content-Type", JSON_API), ("Authorization", f"JWT {samples.tokens[waiting.buyer]}"))
    return Request(f"/v1/{type_}s", "POST", orjson.dumps(document), headers)


PAGE = "/v1/events?page[size]=20"
FILTER = quote(orjson.dumps([{"name": "name", "op": "ilike", "val": WANTED_NAME}]))

CASES = (
    Case("events, page of 20", path(PAGE), bound=3),
    Case("one event", each_event(), bound=3),
    Case("one event, 5 includes", each_event(f"?include={INCLUDED}"), bound=3),
    Case("events filtered by name", path(f"{PAGE}&filter={FILTER}"), bound=3),
    Case("event types, page of 20", path("/v1/event-types"), bound=3),
    Case("settings", path("/v1/settings"), bound=3),
    Case("304, events page", unchanged(PAGE), expected=304, half_of="events, page of 20"),
    Case("304, one event", unchanged_event, expected=304, half_of="one event"),
    Case("sign-in", signing_in, is_write=True),
    Case("free order: the attendee", registering, expected=201, is_write=True),
    Case("free order: the order", ordering, expected=201, is_write=True),
)
