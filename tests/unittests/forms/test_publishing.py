"""Which answers everybody may read, and how kept public parts follow the questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update

from app.edge import Service
from app.extensions import db
from app.forms import publishing
from app.forms.publishing import public_keys, public_part, public_share, when_published_fields_change
from app.orders.models import Attendee
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.forms import CustomFormFactory
from tests.unittests.factories.orders import AttendeeFactory
from tests.unittests.ranks import role_of

ANSWERS = {"shirt_size": "L", "secret": "x", "likes": ["a", "b"]}


def test_public_part_is_the_answers_to_public_questions(app: Service) -> None:
    event = EventFactoryBasic()
    for name, values in {
        "shirtSize": {}, "likes": {}, "secret": {"is_public": False}, "gone": {"is_included": False},
        "ofVips": {"form_id": "vip"}, "title": {},
    }.items():  # fmt: skip
        CustomFormFactory(event=event, form="session", field_identifier=name, **{"is_public": True, **values})
    shown = {"shirt_size": "L", "likes": ["a", "b"]}
    assert public_part(event.id, "session", ANSWERS) == shown
    assert public_part(event.id, "session", {"secret": "x"}) is None
    assert public_part(event.id, "session", None) is None
    assert public_part(event.id, "speaker", ANSWERS) is None
    people = [AttendeeFactory(complex_field_values=each) for each in (ANSWERS, {"secret": "x"}, None)]
    share = public_share(Attendee.complex_field_values, public_keys(event.id, "session"))
    db.session.execute(update(Attendee).values(complex_field_values=share))
    db.session.expire_all()
    assert [each.complex_field_values for each in people] == [shown, None, None]


@pytest.fixture
def told() -> Iterator[list[tuple[int, str]]]:
    """What a domain that keeps public parts is told."""
    heard: list[tuple[int, str]] = []
    listener = when_published_fields_change(lambda event_id, form: heard.append((event_id, form)))
    yield heard
    publishing._listeners.remove(listener)


def test_those_who_keep_public_parts_are_told_when_questions_change(api: ApiClient, told: list[Any]) -> None:
    event = EventFactoryBasic()
    user = role_of(event, "coorganizer")

    def heard() -> list[Any]:
        found = sorted(told)
        told.clear()
        return found

    def made(**values: Any) -> str:
        body = document(
            "custom-form", relationships={"event": linkage("event", event)}, form="session", name="Own", **values
        )
        return str(api.post("/v1/custom-forms", body, user=user).headers["Location"])

    session, speaker = (event.id, "session"), (event.id, "speaker")
    path = made(field_identifier="own", is_included=True)
    assert heard() == []
    made(field_identifier="shown", is_included=True, is_public=True)
    assert heard() == [session]
    for change, expected in (
        ({"description": "New"}, []),
        ({"is_public": True}, [session]),
        ({"is_public": True}, []),
        ({"is_included": False}, [session]),
        ({"field_identifier": "renamed"}, [session]),
        ({"form": "speaker"}, [session, speaker]),
    ):
        body = document("custom-form", path.rpartition("/")[2], **change)
        assert api.patch(path, body, user=user).status_code == 200
        assert heard() == expected, change
    assert api.delete(path, user=user).status_code == 200
    assert heard() == [speaker]
