"""Events that call for speakers, and the documents people answer with."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from tests.unittests.client import document, linkage
from tests.unittests.factories.events import EventFactoryBasic, in_days
from tests.unittests.factories.program import SpeakersCallFactory

CLOSED = {"starts_at": in_days(-9), "ends_at": in_days(-1)}
ANNOUNCED = {"starts_at": in_days(1), "ends_at": in_days(9)}


def event_with_speakers(**values: Any) -> Any:
    """A published event that has sessions and speakers, and no call for them."""
    return EventFactoryBasic(is_sessions_speakers_enabled=True, **values)


def calling_event(call: dict[str, Any] | None = None, **values: Any) -> Any:
    """An event whose call is open to everybody, or as `call` says."""
    event = event_with_speakers(**values)
    SpeakersCallFactory(event=event, **(call or {}))
    return event


def speaker_document(event: Any, sessions: list[Any] | None = None, **attributes: Any) -> Any:
    """A document of a new speaker of this event."""
    relationships = {"event": linkage("event", event)}
    if sessions is not None:
        relationships["sessions"] = [linkage("session", each) for each in sessions]
    return document("speaker", relationships=relationships, **({"name": "Ada"} | attributes))


def first_error(response: TestResponse) -> tuple[object, str, str | None]:
    """Status, detail, and pointer or parameter of the first error."""
    error = response.json["errors"][0]  # type: ignore[index]
    source = error["source"]
    return error["status"], error["detail"], source.get("pointer", source.get("parameter"))


def ids_of(response: TestResponse) -> set[str]:
    """The ids of the rows of a list."""
    assert response.status_code == 200, response.json
    return {each["id"] for each in response.json["data"]}  # type: ignore[index]
