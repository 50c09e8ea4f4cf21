"""Steps that tests of sessions share."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.program import SpeakersCallFactory


def conference(**values: Any) -> Any:
    """A published event with sessions, whose call for speakers is open to everybody."""
    event = EventFactoryBasic(is_sessions_speakers_enabled=True, **values)
    SpeakersCallFactory(event=event)
    return event


def propose(api: ApiClient, event: Any, user: Any, *, hash: str | None = None, **values: Any) -> TestResponse:
    """Propose a session for the event; `relationships` adds to the event."""
    relationships = {"event": linkage("event", event), **values.pop("relationships", {})}
    body = document("session", relationships=relationships, **{"title": "On sails", **values})
    return api.post("/v1/sessions", body, user=user, query={"hash": hash} if hash else None)


def change(api: ApiClient, session: Any, user: Any, **values: Any) -> TestResponse:
    """Change the session; `relationships` are those to change."""
    return api.patch(f"/v1/sessions/{session.id}", document("session", session.id, **values), user=user)


def fault(response: TestResponse) -> tuple[int, str]:
    """Status and pointer of the one error."""
    (error,) = response.json["errors"]  # type: ignore[index]
    return response.status_code, error["source"].get("pointer", error["source"].get("parameter"))
