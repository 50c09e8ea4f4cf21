"""Documents of new discount codes, and what tests of codes look at in answers."""

from __future__ import annotations

from typing import Any

from tests.unittests.client import document, linkage
from tests.unittests.factories.tickets import TicketFactory


def paid_ticket(**values: Any) -> Any:
    """A ticket for 20."""
    return TicketFactory(type="paid", price=20, **values)


def new_code(event: Any, *tickets: Any, **attributes: Any) -> Any:
    """A document of a ticket code of the event."""
    values = {"code": "SUMMER", "type": "percent", "value": 10, "used_for": "ticket"} | attributes
    relationships = {"event": linkage("event", event), "tickets": [linkage("ticket", each) for each in tickets]}
    return document("discount-code", relationships=relationships, **values)


def event_code(*events: Any, **attributes: Any) -> Any:
    """A document of an event code for these events."""
    values = {"code": "PARTNER", "type": "percent", "value": 10, "used_for": "event"} | attributes
    return document("discount-code", relationships={"events": [linkage("event", each) for each in events]}, **values)


def ids(response: Any) -> set[str]:
    """The ids of a list's primary data."""
    assert response.status_code == 200, response.json
    return {each["id"] for each in response.json["data"]}


def fault(response: Any) -> tuple[int, str, dict[str, Any]]:
    """Status, detail and source of an error."""
    error = response.json["errors"][0]
    return response.status_code, error["detail"], error["source"]


def pointer(name: str, kind: str = "attributes") -> dict[str, str]:
    """The source of an error at that member."""
    return {"pointer": f"/data/{kind}/{name}"}
