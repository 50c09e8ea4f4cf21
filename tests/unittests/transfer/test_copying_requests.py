"""Who may copy which event, and what may be asked for."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.events.models import Event
from app.extensions import db
from app.site.models import ONLY_ROW, Module
from tests.unittests.client import ApiClient
from tests.unittests.factories.events import EventFactoryBasic, give_role, in_days
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of

FORBIDDEN = {"error": "Access Forbidden"}


@pytest.fixture
def event(app: Any) -> Any:
    """A published event."""
    return EventFactoryBasic(starts_at=in_days(30), ends_at=in_days(31))


@pytest.fixture
def owner(event: Any) -> Any:
    """Who may copy it."""
    return role_of(event, "owner")


def copied(api: ApiClient, event: Any, user: Any, body: Any = None, **options: Any) -> Any:
    """The answer to a copy of the event, and how many events there are more."""
    events = select(func.count()).select_from(Event)
    before = db.session.scalar(events)
    answer = api.plain("POST", f"/v1/events/{event.id}/copy", body, user=user, **options)
    return answer, (db.session.scalar(events) or 0) - (before or 0)


def test_event_is_copied_by_its_coorganizers_and_those_above_them(api: ApiClient, event: Any) -> None:
    for role in ("owner", "organizer", "coorganizer"):
        answer, made = copied(api, event, role_of(event, role), {})
        assert (answer.status_code, made) == (200, 1), role
    assert copied(api, event, AdminFactory(), {})[1] == 1
    for role in ("track_organizer", "moderator", "registrar"):
        answer, made = copied(api, event, role_of(event, role), {})
        assert (answer.status_code, answer.json, made) == (403, FORBIDDEN, 0), role
        assert answer.mimetype == "application/json"
    answer, made = copied(api, event, UserFactory(), {}, headers={"Idempotency-Key": "a-copy"})
    assert (answer.status_code, answer.json, made) == (403, FORBIDDEN, 0)
    assert copied(api, event, None, {})[0].status_code == 401


def test_drafts_and_deleted_events_of_others_are_unknown(api: ApiClient, event: Any, owner: Any) -> None:
    stranger = role_of(EventFactoryBasic(), "owner")
    event.state = "draft"
    assert copied(api, event, stranger, {})[0].status_code == 404
    assert copied(api, event, owner, {})[0].status_code == 200
    event.deleted_at = in_days(-1)
    for user in (stranger, owner, AdminFactory()):
        assert copied(api, event, user, {})[0].status_code == 404
    for reference in ("999999", "deadbeef", "9" * 40, "a%00b"):
        assert api.plain("POST", f"/v1/events/{reference}/copy", {}, user=owner).status_code == 404


def test_who_may_not_create_events_may_not_copy_them(api: ApiClient, event: Any) -> None:
    unverified = UserFactory(is_verified=False)
    give_role(unverified, event, "owner")
    answer, made = copied(api, event, unverified, {})
    assert (answer.status_code, answer.json["errors"][0]["detail"], made) == (403, "Please verify your Email", 0)


def test_copy_does_not_switch_on_what_the_installation_switches_off(
    api: ApiClient, event: Any, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(api.app.config, "ENFORCE_MODULES", True)
    module = db.session.get_one(Module, ONLY_ROW)
    module.ticket_include = module.payment_include = module.donation_include = False
    assert copied(api, event, owner, {})[1] == 1
    event.can_pay_onsite = True
    answer, made = copied(api, event, owner, {})
    assert (answer.status_code, made) == (403, 0)
    assert "payment-include" in answer.json["errors"][0]["detail"]
    event.can_pay_onsite = False
    TicketFactory(event=event)
    answer, made = copied(api, event, owner, {})
    assert (answer.status_code, made) == (403, 0)
    assert "ticket-include" in answer.json["errors"][0]["detail"]
    assert copied(api, event, AdminFactory(), {})[1] == 1


def test_copies_are_limited(api: ApiClient, event: Any, owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(api.app.config, "RATE_LIMIT_COPY", "2 per hour")
    assert [copied(api, event, owner, {})[0].status_code for _ in range(3)] == [200, 200, 429]
    assert copied(api, event, AdminFactory(), {})[0].status_code == 200


# The body, the status, and what an error names.
WISHES: list[tuple[Any, int, str | None]] = [
    ([], 400, "/"),
    ("x", 400, "/"),
    ({"data": []}, 422, "/data"),
    ({"data": None}, 422, "/data"),
    ({"data": {"attributes": 1}}, 422, "/data/attributes"),
    ({"name": None}, 422, "/name"),
    ({"name": 7}, 422, "/name"),
    ({"name": "a\x00b"}, 422, "/name"),
    ({"name": "\ud800"}, 400, "/"),
    ({"starts-at": None}, 422, "/starts-at"),
    ({"starts-at": ""}, 422, "/starts-at"),
    ({"starts-at": 10**30}, 422, "/starts-at"),
    ({"starts-at": "tomorrow"}, 422, "/starts-at"),
    ({"starts-at": "10000-01-01T00:00:00Z"}, 422, "/starts-at"),
    ({"starts_at": "0001-01-01T00:00:00+10:00"}, 422, "/starts-at"),
    ({"starts-at": "9999-12-31T23:59:59Z"}, 422, "/starts-at"),  # The end would be in the year 10000.
    ({"starts-at": "0001-01-01T00:00:00Z"}, 422, "/starts-at"),  # The sale would begin before the year 1.
    ({"data": {"starts-at": "x"}}, 422, "/data/starts-at"),
    ({"data": {"attributes": {"starts-at": "9999-12-31T23:59:59Z"}}}, 422, "/data/attributes/starts-at"),
    ({"id": 1, "state": "published", "data": {"name": "x", "state": "published"}}, 200, None),
    ({}, 200, None),
    (None, 200, None),
]


def test_wishes_are_read_or_refused_by_name(api: ApiClient, event: Any, owner: Any) -> None:
    TicketFactory(event=event)
    for body, status, pointer in WISHES:
        answer, made = copied(api, event, owner, body)
        assert (answer.status_code, made) == (status, int(status == 200)), (body, answer.text)
        if pointer is not None:
            assert [error["source"]["pointer"] for error in answer.json["errors"]] == [pointer], body
        else:
            assert db.session.get_one(Event, answer.json["id"]).state == "draft"


def test_event_without_a_beginning_cannot_be_moved(api: ApiClient, event: Any, owner: Any) -> None:
    event.starts_at = event.ends_at = None
    answer, made = copied(api, event, owner, {"starts-at": "2030-01-01T00:00:00Z"})
    assert (answer.status_code, made) == (422, 0)
    assert answer.json["errors"][0]["source"] == {"pointer": "/starts-at"}
    assert copied(api, event, owner, {})[1] == 1


def test_date_beyond_what_the_database_holds_is_refused(api: ApiClient, event: Any, owner: Any) -> None:
    event.starts_at, event.ends_at = (in_days(0).replace(year=9998), in_days(1).replace(year=9999))
    TicketFactory(event=event, sales_starts_at=in_days(0).replace(year=1), sales_ends_at=in_days(0))
    answer, made = copied(api, event, owner, {"starts-at": "0002-01-01T00:00:00Z"})
    assert (answer.status_code, made) == (422, 0)
    assert answer.json["errors"][0]["source"] == {"pointer": "/starts-at"}


def test_copy_that_is_asked_for_twice_by_one_key_is_made_once(api: ApiClient, event: Any, owner: Any) -> None:
    first, made = copied(api, event, owner, {}, headers={"Idempotency-Key": "one-copy"})
    second, more = copied(api, event, owner, {}, headers={"Idempotency-Key": "one-copy"})
    assert (made, more, first.json) == (1, 0, second.json)
