"""What is measured: each case is an endless row of alike requests, and what is expected in answer to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from urllib.parse import quote

import orjson

from bench.client import JSON_API, Request
from bench.crowd import cart
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
    statements: int | None = None  # The most SQL statements that are wanted, None where nothing is.
    connections: int | None = None  # How many requests are under way at once, where it is for the case to say.


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


def paying(samples: Samples) -> Iterator[Request]:
    """An order to be paid by card for an attendee who waits for one; its answer says where it is paid."""
    return (
        _post(samples, waiting, "order", {"payment-mode": "stripe"}, {"attendees": [_linkage("attendee", waiting.id)]})
        for waiting in samples.waiting("Full pass")
    )


def holding(*quantities: int) -> Callable[[Samples], Iterator[Request]]:
    """A cart of so many of the first of the wanted tickets, the second, and so on; each buyer in turn."""

    def carts(samples: Samples) -> Iterator[Request]:
        items = [{"id": id_, "quantity": number} for id_, number in zip(samples.days, quantities, strict=False)]
        return cycle([cart(samples.tokens[email], *items) for email in samples.buyers])

    return carts


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


def event_of(sessions: int, rest: str) -> Callable[[Samples], Iterator[Request]]:
    """What is under the event whose schedule has so many sessions."""
    return lambda samples: cycle([Request(f"/v1/events/{samples.scheduled[sessions]}{rest}")])


PAGE = "/v1/events?page[size]=20"
# The event page of the web client, and the schedule behind it.
PUBLIC_PAGE = (
    "social-links,event-copyright,speakers-call,tax,owner,organizers,video-stream,custom-forms,"
    "group,group.followers,group.followers.user"
)
SCHEDULE = "/sessions?include=track,microlocation,session-type,speakers&page[size]=0&sort=starts-at"
FILTER = quote(orjson.dumps([{"name": "name", "op": "ilike", "val": WANTED_NAME}]))

CASES = (
    Case("events, page of 20", path(PAGE), bound=3),
    Case("one event", each_event(), bound=3),
    Case("one event, 5 includes", each_event(f"?include={INCLUDED}"), bound=3),
    Case("events filtered by name", path(f"{PAGE}&filter={FILTER}"), bound=3),
    Case("event types, page of 20", path("/v1/event-types"), bound=3),
    Case("settings", path("/v1/settings"), bound=3),
    Case("event page, 11 includes", event_of(40, f"?include={PUBLIC_PAGE}"), bound=3),
    Case("schedule page, 40 sessions", event_of(40, SCHEDULE), bound=3),
    Case(
        "500 sessions, id and starts-at", event_of(500, "/sessions?fields[session]=id,starts-at&page[size]=0"), bound=3
    ),
    Case("304, events page", unchanged(PAGE), expected=304, half_of="events, page of 20"),
    Case("304, one event", unchanged_event, expected=304, half_of="one event"),
    Case("sign-in", signing_in, is_write=True),
    Case("free order: the attendee", registering, expected=201, is_write=True),
    Case("free order: the order", ordering, expected=201, is_write=True),
    Case("60 buyers: free order, one ticket", holding(1), bound=4, statements=14, is_write=True, connections=60),
    Case("60 buyers: free order, five seats", holding(5), bound=4, statements=14, is_write=True, connections=60),
    Case("60 buyers: free order, five tickets", holding(1, 1, 1, 1, 1), bound=4, is_write=True, connections=60),
    Case("60 buyers: paid order, to its payment-url", paying, 201, 4, statements=14, is_write=True, connections=60),
)
