"""Changing, publishing, deleting and restoring events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.events.models import Event
from app.extensions import db
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactory, EventFactoryBasic, EventTypeFactory, give_role
from tests.unittests.factories.orders import OrderFactory
from tests.unittests.factories.site import ModuleFactory
from tests.unittests.factories.users import AdminFactory, SuperAdminFactory, UserFactory
from tests.unittests.ranks import role_of

TEAM = ("owner", "organizer", "coorganizer")
STAFF = ("admin", "super_admin")
TRASHED = {"get_trashed": "true"}


@pytest.fixture
def event() -> Event:
    """A published event with what classifies it."""
    made: Event = EventFactory()
    return made


@pytest.fixture
def owner(event: Event) -> Any:
    """Who owns it."""
    return role_of(event, "owner")


def changed(api: ApiClient, event: Event, user: Any, query: Any = None, **attributes: Any) -> Any:
    """The answer to a change, addressed as clients do: the identifier in the path, the number in the body."""
    body = document("event", event.id, **attributes)
    return api.patch(f"/v1/events/{event.identifier}", body, user=user, query=query)


def refusal(response: Any) -> tuple[Any, Any, str]:
    """Status, pointer and text of the only error."""
    (error,) = response.json["errors"]
    assert response.status_code == int(error["status"])
    return error["status"], error["source"].get("pointer"), error["detail"]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("anonymous", 401), ("user", 403), ("registrar", 403), ("moderator", 403), ("track_organizer", 403),
        *((kind, 200) for kind in (*TEAM, *STAFF)),
    ],
)  # fmt: skip
def test_event_is_changed_by_its_team_and_staff(
    api: ApiClient, event: Event, someone: Any, kind: str, status: int
) -> None:
    user = someone(event, kind)
    assert changed(api, event, user, name="Renamed").status_code == status
    path = f"/v1/events/{event.id}/relationships/event-type"
    type_ = {"data": linkage("event-type", EventTypeFactory())}
    assert api.patch(path, type_, user=user).status_code == status
    assert api.delete(f"/v1/events/{event.id}", user=user).status_code == status


@pytest.mark.parametrize("kind", ["anonymous", "user"])
def test_draft_answers_404_to_strangers_who_would_change_it(
    api: ApiClient, event: Event, someone: Any, kind: str
) -> None:
    event.state = "draft"
    user = someone(event, kind)
    refused = 401 if kind == "anonymous" else 404  # Without a token nothing is looked for.
    assert changed(api, event, user, name="Renamed").status_code == refused
    assert api.delete(f"/v1/events/{event.id}", user=user).status_code == refused


def test_patch_of_one_attribute_leaves_all_others(api: ApiClient, event: Event, owner: Any) -> None:
    event.is_badges_enabled = event.is_ticket_form_enabled = False
    event.can_pay_by_bank, event.description, event.latitude = True, "<b>Hello</b>", 12.5
    before = api.get(f"/v1/events/{event.id}", user=owner).json["data"]["attributes"]
    response = changed(api, event, owner, online=True)
    assert response.json["data"]["attributes"] == before | {"online": True}


def test_client_that_sends_back_everything_it_read_changes_nothing(api: ApiClient, event: Event, owner: Any) -> None:
    event.description = "See <b>www.example.org</b> & <i>more</i>"
    event.is_featured = True
    read = api.get(f"/v1/events/{event.id}", user=owner, query={"include": "event-type,event-topic"}).json["data"]
    changed(api, event, owner, description=read["attributes"]["description"])
    read = api.get(f"/v1/events/{event.id}", user=owner).json["data"]
    version = event.version
    body = {"data": {"type": "event", "id": read["id"], "attributes": read["attributes"]}}
    response = api.patch(f"/v1/events/{event.identifier}", body, user=owner)
    assert response.status_code == 200
    assert response.json["data"]["attributes"] == read["attributes"]
    assert db.session.get_one(Event, event.id).version == version


def test_null_clears_what_may_be_empty(api: ApiClient, event: Event, owner: Any) -> None:
    event.location_name, event.logo_url = "Town Hall", "https://images.example/logo.png"
    attributes = changed(api, event, owner, location_name=None, logo_url=None).json["data"]["attributes"]
    assert attributes["location-name"] is attributes["logo-url"] is None
    assert attributes["name"] == event.name


@pytest.mark.parametrize("name", ["timezone", "state", "privacy", "online"])
def test_null_is_refused_where_a_value_is_needed(api: ApiClient, event: Event, owner: Any, name: str) -> None:
    expected = ("422", f"/data/attributes/{name}", "Field may not be null.")
    assert refusal(changed(api, event, owner, **{name: None})) == expected


def test_relationships_are_changed_and_cleared(api: ApiClient, event: Event, owner: Any) -> None:
    other, path = EventTypeFactory(), f"/v1/events/{event.identifier}"
    body = document("event", event.id, {"event-type": linkage("event-type", other), "event-topic": None})
    assert api.patch(path, body, user=owner).status_code == 200
    assert api.get(f"{path}/event-type").json["data"]["id"] == str(other.id)
    assert api.get(f"{path}/event-topic").status_code == 404
    assert api.patch(f"{path}/relationships/event-type", {"data": None}, user=owner).json["data"] is None
    assert api.get(f"{path}/event-type").status_code == 404


def test_roles_cannot_be_written_through_the_event(api: ApiClient, event: Event, owner: Any) -> None:
    intruder = UserFactory()
    body = document("event", event.id, {"owner": linkage("user", intruder), "organizers": [linkage("user", intruder)]})
    assert api.patch(f"/v1/events/{event.id}", body, user=owner).status_code == 200
    assert api.get(f"/v1/events/{event.id}/owner").json["data"]["id"] == str(owner.id)
    for name in ("owner", "organizers", "coorganizers", "registrars", "roles"):
        path = f"/v1/events/{event.id}/relationships/{name}"
        assert api.patch(path, {"data": []}, user=owner).status_code == 405


@pytest.mark.parametrize("name", ["is-featured", "is-promoted", "is-demoted"])
def test_only_staff_feature_promote_and_demote(api: ApiClient, event: Event, owner: Any, name: str) -> None:
    answer = changed(api, event, owner, **{name: True, "online": True})
    assert answer.status_code == 200
    assert answer.json["data"]["attributes"][name] is False
    assert answer.json["data"]["attributes"]["online"] is True
    assert changed(api, event, AdminFactory(), **{name: True}).json["data"]["attributes"][name] is True
    assert changed(api, event, owner, **{name: False}).json["data"]["attributes"][name] is True


def test_what_the_server_computes_is_ignored(api: ApiClient, event: Event) -> None:
    given = {"identifier": "abcdef12", "is_announced": True, "is_stripe_linked": True, "created_at": None, "id": 7}
    admin = AdminFactory()
    before = api.get(f"/v1/events/{event.id}", user=admin).json["data"]["attributes"]
    assert changed(api, event, admin, **given).json["data"]["attributes"] == before


DATE, ENDS, NAME = (f"/data/attributes/{name}" for name in ("date", "ends-at", "name"))


@pytest.mark.parametrize(
    ("stored", "sent", "expected"),
    [
        ({}, {"name": "  "}, (409, NAME, "Event Name is required to publish the event")),
        ({}, {"name": None}, (409, NAME, "Event Name is required to publish the event")),
        ({"state": "draft"}, {"name": None}, ("422", NAME, "Missing data for required field.")),
        ({"state": "draft", "name": ""}, {"state": "published"}, (409, NAME, "Event Name is required to publish the event")),
        ({"state": "draft", "ends_at": None}, {"state": "published"}, (422, DATE, "enter required fields starts-at/ends-at")),
        ({}, {"starts_at": None}, (422, DATE, "enter required fields starts-at/ends-at")),
        ({}, {"starts_at": "2031-01-01T00:00:00Z"}, (422, ENDS, "ends-at should be after starts-at")),
        ({}, {"ends_at": "2031-01-01T00:00:00Z"}, (422, ENDS, "Event duration can not be more than 20 days")),
        ({"state": "draft"}, {"ends_at": "2031-01-01T00:00:00Z"}, (422, ENDS, "Event duration can not be more than 20 days")),
        ({}, {"timezone": "Nowhere"}, ("422", "/data/attributes/timezone", "Unknown timezone: Nowhere")),
        ({"is_document_enabled": True}, {"document_links": [{"name": "A"}]}, (422, "/", "Enter required fields link and name")),
        ({"document_links": [{"name": "A"}]}, {"is_document_enabled": True}, (422, "/", "Enter required fields link and name")),
    ],
)  # fmt: skip
def test_change_that_breaks_a_rule_is_refused_and_nothing_changes(
    api: ApiClient, event: Event, owner: Any, stored: Any, sent: Any, expected: Any
) -> None:
    event.starts_at, event.ends_at = datetime(2030, 5, 1, tzinfo=UTC), datetime(2030, 5, 2, tzinfo=UTC)
    for name, value in stored.items():
        setattr(event, name, value)
    before = api.get(f"/v1/events/{event.id}", user=owner).json["data"]["attributes"]
    assert refusal(changed(api, event, owner, **sent, online=True)) == expected
    assert api.get(f"/v1/events/{event.id}", user=owner).json["data"]["attributes"] == before


def test_one_date_is_checked_against_the_stored_other(api: ApiClient, event: Event, owner: Any) -> None:
    event.starts_at, event.ends_at = datetime(2030, 5, 1, tzinfo=UTC), datetime(2030, 5, 2, tzinfo=UTC)
    assert changed(api, event, owner, ends_at="2030-05-20T00:00:00Z").status_code == 200
    assert changed(api, event, owner, starts_at="2030-05-19T00:00:00Z").status_code == 200


def test_event_of_long_ago_can_still_be_changed(api: ApiClient, event: Event, owner: Any) -> None:
    event.starts_at, event.ends_at = datetime(2001, 5, 1, tzinfo=UTC), datetime(2001, 5, 2, tzinfo=UTC)
    assert changed(api, event, owner, name="What we remember").status_code == 200
    assert changed(api, event, owner, ends_at="2001-05-03T00:00:00Z").status_code == 200


def test_owner_publishes_and_withdraws(api: ApiClient, event: Event, owner: Any) -> None:
    event.state = "draft"
    assert api.get(f"/v1/events/{event.identifier}").status_code == 404
    assert changed(api, event, owner, state="published").status_code == 200
    assert api.get(f"/v1/events/{event.identifier}").status_code == 200
    assert changed(api, event, owner, state="draft").status_code == 200
    assert api.get(f"/v1/events/{event.identifier}").status_code == 404


def test_unverified_owner_changes_nothing(api: ApiClient, event: Event) -> None:
    unverified = UserFactory(is_verified=False)
    give_role(unverified, event, "owner")
    assert refusal(changed(api, event, unverified, name="Renamed")) == (403, "", "Please verify your Email")


def test_switching_on_what_a_module_forbids_is_refused(
    api: ApiClient, event: Event, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    event.can_pay_by_bank = True
    monkeypatch.setitem(api.app.config, "ENFORCE_MODULES", True)
    assert changed(api, event, owner, can_pay_by_paypal=True).status_code == 403
    # What is on already may stay, be sent again, and be switched off.
    assert changed(api, event, owner, can_pay_by_bank=True, name="Renamed").status_code == 200
    assert changed(api, event, owner, can_pay_by_bank=False).status_code == 200
    ModuleFactory()
    assert changed(api, event, owner, can_pay_by_paypal=True).status_code == 200


def test_stale_change_is_refused(api: ApiClient, event: Event, owner: Any) -> None:
    tag = api.get(f"/v1/events/{event.id}", user=owner).headers["ETag"]
    assert changed(api, event, owner, name="First").status_code == 200
    body = document("event", event.id, name="Second")
    response = api.patch(f"/v1/events/{event.id}", body, user=owner, headers={"If-Match": tag})
    assert response.status_code == 412
    assert api.get(f"/v1/events/{event.id}").json["data"]["attributes"]["name"] == "First"


# Deletion


@pytest.mark.parametrize("kind", [*TEAM, *STAFF])
def test_deleted_event_is_kept_for_staff(api: ApiClient, event: Event, someone: Any, kind: str) -> None:
    user, admin = someone(event, kind), AdminFactory()
    response = api.delete(f"/v1/events/{event.identifier}", user=user)
    assert (response.status_code, response.json["meta"]["message"]) == (200, "Object successfully deleted")
    assert api.get(f"/v1/events/{event.id}", user=user).status_code == 404
    kept = api.get(f"/v1/events/{event.id}", user=admin, query=TRASHED)
    assert kept.json["data"]["attributes"]["deleted-at"] is not None


@pytest.mark.parametrize(("kind", "status"), [*((kind, 403) for kind in (*TEAM, "admin")), ("super_admin", 200)])
def test_event_with_orders_is_deleted_by_super_admins_only(
    api: ApiClient, event: Event, someone: Any, kind: str, status: int
) -> None:
    OrderFactory(event=event, status="completed")
    user = someone(event, kind)
    response = api.delete(f"/v1/events/{event.id}", user=user)
    assert response.status_code == status
    if status == 403:
        assert refusal(response)[2] == "Event associated with orders cannot be deleted"
    if kind == "admin":
        again = changed(api, event, user, deleted_at="2030-01-01T00:00:00Z")
        assert refusal(again)[2] == "Event associated with orders cannot be deleted"


def test_staff_restore_an_event_they_ask_for(api: ApiClient, event: Event, owner: Any) -> None:
    admin = AdminFactory()
    api.delete(f"/v1/events/{event.id}", user=owner)
    assert changed(api, event, owner, TRASHED, deleted_at=None).status_code == 404
    assert changed(api, event, admin, deleted_at=None).status_code == 404
    restored = changed(api, event, admin, TRASHED, deleted_at=None)
    assert restored.status_code == 200
    assert restored.json["data"]["attributes"]["deleted-at"] is None
    assert api.get(f"/v1/events/{event.id}").status_code == 200


def test_restored_event_has_to_have_sound_dates(api: ApiClient) -> None:
    event = EventFactoryBasic(starts_at=None, ends_at=None, deleted_at=datetime.now(UTC))
    refused = changed(api, event, AdminFactory(), TRASHED, deleted_at=None)
    assert refusal(refused) == (422, DATE, "enter required fields starts-at/ends-at")


def test_team_cannot_delete_by_writing_the_time(api: ApiClient, event: Event, owner: Any) -> None:
    response = changed(api, event, owner, deleted_at="2030-01-01T00:00:00Z")
    assert response.status_code == 200
    assert response.json["data"]["attributes"]["deleted-at"] is None


@pytest.mark.parametrize(("kind", "status"), [("owner", 403), ("admin", 200)])
def test_only_staff_delete_for_good(api: ApiClient, event: Event, someone: Any, kind: str, status: int) -> None:
    path, user = f"/v1/events/{event.id}", someone(event, kind)
    assert api.delete(path, user=user, query={"permanent": "true"}).status_code == status
    found = api.get(path, user=SuperAdminFactory(), query=TRASHED)
    assert found.status_code == (404 if status == 200 else 200)


@pytest.mark.parametrize("kind", [*TEAM, *STAFF])
def test_flags_of_an_event_are_the_staffs_and_that_it_was_announced_is_nobodys(
    api: ApiClient, event: Event, someone: Any, kind: str
) -> None:
    flags = ("is_featured", "is_promoted", "is_demoted", "is_announced")
    response = changed(api, event, someone(event, kind), name="Changed", **dict.fromkeys(flags, True))
    assert response.status_code == 200
    shown = response.json["data"]["attributes"]
    assert [shown[flag.replace("_", "-")] for flag in flags] == [kind in STAFF] * 3 + [False]
    assert shown["name"] == "Changed"
