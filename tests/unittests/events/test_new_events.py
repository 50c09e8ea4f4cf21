"""Making events: who may, what has to be given, and what the server adds."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.events.models import Event, Role, UsersEventsRoles
from app.events.services import is_free_identifier
from app.extensions import db
from app.site.models import UserPermission
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventSubTopicFactory, EventTopicFactory, EventTypeFactory
from tests.unittests.factories.site import ModuleFactory
from tests.unittests.factories.users import AdminFactory, UserFactory

DATES = {"starts_at": "2030-05-01T09:00:00Z", "ends_at": "2030-05-02T17:00:00Z"}
SOUND = {"name": "Linux Day", "timezone": "Europe/Berlin", **DATES}


def made(api: ApiClient, user: Any = None, relationships: Any = None, **attributes: Any) -> Any:
    """The answer to a new event of these attributes, on top of sound ones; absent where `...` is given."""
    given = {name: value for name, value in (SOUND | attributes).items() if value is not ...}
    return api.post("/v1/events", document("event", relationships=relationships, **given), user=user or UserFactory())


def refusal(response: Any) -> tuple[Any, Any, str]:
    """Status, pointer and text of the only error."""
    (error,) = response.json["errors"]
    assert response.status_code == int(error["status"])
    return error["status"], error["source"].get("pointer"), error["detail"]


def permit(act: str, *, unverified: bool) -> None:
    db.session.scalars(select(UserPermission).where(UserPermission.name == act)).one().unverified_user = unverified


def test_event_is_a_draft_of_its_maker(api: ApiClient) -> None:
    user = UserFactory()
    response = made(api, user)
    assert response.status_code == 201
    attributes = response.json["data"]["attributes"]
    assert response.headers["Location"] == f"/v1/events/{attributes['identifier']}"
    assert (attributes["state"], attributes["name"]) == ("draft", "Linux Day")
    assert attributes["starts-at"] == "2030-05-01T09:00:00Z"
    held = select(Role.name).join(UsersEventsRoles).where(UsersEventsRoles.user_id == user.id)
    assert db.session.scalars(held).all() == ["owner"]
    # The answer shows the new owner what only the team sees.
    assert {"roles", "registrars"} <= response.json["data"]["relationships"].keys()
    assert api.get(response.headers["Location"]).status_code == 404
    assert api.get(response.headers["Location"], user=user).status_code == 200


def test_absent_and_null_attributes_get_their_defaults(api: ApiClient) -> None:
    nulls = dict.fromkeys(("state", "privacy", "online", "is_badges_enabled", "is_ticket_form_enabled", "is_featured"))
    for given in ({}, nulls):
        attributes = made(api, **given).json["data"]["attributes"]
        assert (attributes["state"], attributes["privacy"]) == ("draft", "public")
        on = {name for name, value in attributes.items() if value is True}
        assert on == {"is-ticket-form-enabled", "is-badges-enabled"}
        assert attributes["deleted-at"] is None


def test_identifier_is_unique_and_cannot_be_taken_for_an_id(api: ApiClient) -> None:
    identifier = made(api).json["data"]["attributes"]["identifier"]
    assert re.fullmatch("[0-9a-f]{8}", identifier)
    assert not identifier.isdecimal()
    assert not is_free_identifier(identifier)
    assert not is_free_identifier("12345678")
    assert is_free_identifier("0000000a")


def test_nobody_makes_an_event_without_signing_in(api: ApiClient) -> None:
    assert api.post("/v1/events", document("event", **SOUND)).status_code == 401


@pytest.mark.parametrize(
    ("unverified_may", "make", "status"),
    [
        (False, lambda: UserFactory(is_verified=True), 201),
        (False, lambda: UserFactory(is_verified=False), 403),
        (True, lambda: UserFactory(is_verified=False), 201),
        (False, lambda: AdminFactory(is_verified=False), 201),
    ],
    ids=["verified", "unverified", "unverified where permitted", "unverified admin"],
)
def test_unverified_users_make_events_only_where_permitted(
    api: ApiClient, unverified_may: bool, make: Any, status: int
) -> None:
    permit("create_event", unverified=unverified_may)
    response = made(api, make())
    assert response.status_code == status
    if status == 403:
        assert refusal(response)[2] == "Please verify your Email"


def test_unverified_user_who_may_make_events_may_not_publish_them(api: ApiClient) -> None:
    permit("create_event", unverified=True)
    user = UserFactory(is_verified=False)
    assert made(api, user).status_code == 201
    assert refusal(made(api, user, state="published"))[2] == "Only verified accounts can publish events"
    permit("publish_event", unverified=True)
    assert made(api, user, state="published").status_code == 201


def test_permission_that_was_deleted_leaves_verified_users_only(api: ApiClient) -> None:
    permit("create_event", unverified=True)
    permission = db.session.scalars(select(UserPermission).where(UserPermission.name == "create_event")).one()
    api.delete(f"/v1/user-permissions/{permission.id}", user=AdminFactory())
    assert made(api, UserFactory(is_verified=False)).status_code == 403
    assert made(api, UserFactory()).status_code == 201


TIMEZONE, DATE, ENDS, NAME = (f"/data/attributes/{name}" for name in ("timezone", "date", "ends-at", "name"))


@pytest.mark.parametrize(
    ("attributes", "status", "pointer", "detail"),
    [
        ({"timezone": ...}, "422", TIMEZONE, "Missing data for required field."),
        ({"timezone": None}, "422", TIMEZONE, "Field may not be null."),
        ({"timezone": "Mars/Olympus"}, "422", TIMEZONE, "Unknown timezone: Mars/Olympus"),
        ({"timezone": "../../etc/passwd"}, "422", TIMEZONE, "Unknown timezone: ../../etc/passwd"),
        ({"name": ...}, "422", NAME, "Missing data for required field."),
        ({"name": None}, "422", NAME, "Missing data for required field."),
        ({"name": ..., "state": "published"}, 409, NAME, "Event Name is required to publish the event"),
        ({"name": " ", "state": "published"}, 409, NAME, "Event Name is required to publish the event"),
        ({"starts_at": ..., "state": "published"}, 422, DATE, "enter required fields starts-at/ends-at"),
        ({"ends_at": None, "state": "published"}, 422, DATE, "enter required fields starts-at/ends-at"),
        ({"ends_at": "2030-05-01T09:00:00Z"}, 422, ENDS, "ends-at should be after starts-at"),
        ({"ends_at": "2030-05-01T10:00:00+02:00"}, 422, ENDS, "ends-at should be after starts-at"),
        (
            {"ends_at": "2030-05-21T09:00:01Z", "state": "published"},
            422, ENDS, "Event duration can not be more than 20 days",
        ),
        ({"state": "secret"}, "422", "/data/attributes/state", "Must be one of: draft, published."),
        ({"privacy": "secret"}, "422", "/data/attributes/privacy", "Must be one of: public, private."),
        ({"latitude": 90.1}, "422", "/data/attributes/latitude", None),
        ({"longitude": -181}, "422", "/data/attributes/longitude", None),
        ({"logo_url": "javascript:alert(1)"}, "422", "/data/attributes/logo-url", "Not a valid URL."),
        ({"paypal_email": "nobody"}, "422", "/data/attributes/paypal-email", "Not a valid email address."),
        ({"payment_currency": "XXX"}, "422", "/data/attributes/payment-currency", None),
        ({"starts_at": "soon"}, "422", "/data/attributes/starts-at", "Not a valid datetime."),
    ],
)  # fmt: skip
def test_event_that_breaks_a_rule_is_refused(
    api: ApiClient, attributes: Any, status: Any, pointer: str, detail: str | None
) -> None:
    answer = refusal(made(api, **attributes))
    assert answer[:2] == (status, pointer)
    assert detail is None or answer[2] == detail
    assert db.session.scalar(select(Event.id)) is None


@pytest.mark.parametrize(
    "attributes",
    [
        {"starts_at": ..., "ends_at": ...},
        {"starts_at": None},
        {"ends_at": "2031-01-01T00:00:00Z"},
        {"starts_at": "2001-05-01T09:00:00Z", "ends_at": "2001-05-02T09:00:00Z", "state": "published"},
        {"ends_at": "2030-05-21T09:00:00Z", "state": "published"},
        {"starts_at": "0001-01-01T00:00:00Z", "ends_at": "0001-01-02T00:00:00Z", "timezone": "America/New_York"},
        {"name": ""},
        {"timezone": "UTC"},
        {"timezone": "America/Argentina/Buenos_Aires"},
        {"logo_url": ""},
        {"payment_country": "Germany", "payment_currency": "EUR"},
    ],
)
def test_unusual_event_is_taken(api: ApiClient, attributes: Any) -> None:
    assert made(api, **attributes).status_code == 201


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "status"),
    [
        # Berlin sets its clocks back on 2030-10-27: twenty days on the wall are 481 hours.
        ("2030-10-20T09:00:00+02:00", "2030-11-09T09:00:00+01:00", 201),
        ("2030-10-20T09:00:00+02:00", "2030-11-09T09:00:01+01:00", 422),
        # And forward on 2030-03-31: twenty days are 479 hours.
        ("2030-03-20T09:00:00+01:00", "2030-04-09T09:00:00+02:00", 201),
        ("2030-03-20T09:00:00+01:00", "2030-04-09T09:00:01+02:00", 422),
    ],
)
def test_twenty_days_are_counted_by_the_clock_of_the_event(
    api: ApiClient, starts_at: str, ends_at: str, status: int
) -> None:
    assert made(api, starts_at=starts_at, ends_at=ends_at, state="published").status_code == status


def test_what_only_staff_or_the_server_set_is_ignored(api: ApiClient) -> None:
    given = {"is_featured": True, "is_promoted": True, "is_demoted": True, "is_announced": True}
    server_made = {
        "identifier": "abcdef12", "is_stripe_linked": True, "created_at": "2001-01-01T00:00:00Z",
        "chat_room_name": "mine", "large_image_url": "http://x.example/y.png", "ical_url": "http://x.example/y.ics",
        "deleted_at": "2001-01-01T00:00:00Z", "completed_order_sales": 99, "version": 7, "id": 99,
    }  # fmt: skip
    attributes = made(api, **given, **server_made).json["data"]["attributes"]
    assert not any(attributes[name.replace("_", "-")] for name in given)
    assert attributes["identifier"] != "abcdef12"
    assert not attributes["is-stripe-linked"]
    assert attributes["created-at"] > "2026"
    assert attributes["large-image-url"] is attributes["ical-url"] is attributes["deleted-at"] is None


def test_staff_feature_an_event_from_the_start_and_do_not_make_deleted_ones(api: ApiClient) -> None:
    given = {"is_featured": True, "is_promoted": True, "is_announced": True, "deleted_at": "2001-01-01T00:00:00Z"}
    attributes = made(api, AdminFactory(), **given).json["data"]["attributes"]
    assert attributes["is-featured"]
    assert attributes["is-promoted"]
    assert not attributes["is-announced"]
    assert attributes["deleted-at"] is None


def test_event_is_classified_and_takes_the_image_of_its_topic(api: ApiClient) -> None:
    topic = EventTopicFactory(system_image_url="https://images.example/music.jpg")
    relationships = {
        "event-type": linkage("event-type", EventTypeFactory()),
        "event-topic": linkage("event-topic", topic),
        "event-sub-topic": linkage("event-sub-topic", EventSubTopicFactory(event_topic=topic)),
        "owner": linkage("user", UserFactory()),
    }
    user = UserFactory()
    response = made(api, user, relationships)
    assert response.json["data"]["attributes"]["original-image-url"] == "https://images.example/music.jpg"
    path = response.headers["Location"]
    assert api.get(f"{path}/event-topic", user=user).json["data"]["id"] == str(topic.id)
    assert api.get(f"{path}/owner", user=user).json["data"]["id"] == str(user.id)
    own = made(api, user, relationships, original_image_url="https://images.example/own.jpg")
    assert own.json["data"]["attributes"]["original-image-url"] == "https://images.example/own.jpg"


def test_unknown_or_deleted_type_cannot_be_linked(api: ApiClient) -> None:
    deleted = EventTypeFactory()
    api.delete(f"/v1/event-types/{deleted.id}", user=AdminFactory())
    for id_ in (deleted.id, 10**6):
        response = made(api, relationships={"event-type": {"type": "event-type", "id": str(id_)}})
        assert response.status_code == 404
        assert response.json["errors"][0]["source"] == {"parameter": "event_type_id"}


@pytest.mark.parametrize(
    ("links", "accepted"),
    [
        ([{"name": "Handbook", "link": "https://docs.example/1"}], True),
        ([], True),
        (None, True),
        ([{"name": "Handbook"}], False),
        ([{"name": "", "link": "https://docs.example/1"}], False),
        ([{"name": "A", "link": "https://docs.example/1"}, {"link": "https://docs.example/2"}], False),
        ({"name": "A", "link": "https://docs.example/1"}, False),
        (["A"], False),
    ],
)
def test_documents_need_a_name_and_a_link(api: ApiClient, links: Any, accepted: bool) -> None:
    response = made(api, is_document_enabled=True, document_links=links)
    if accepted:
        assert response.json["data"]["attributes"]["document-links"] == links
    else:
        assert refusal(response) == (422, "/", "Enter required fields link and name")
    assert made(api, is_document_enabled=False, document_links=links).status_code == 201


@pytest.mark.parametrize(
    ("attribute", "module", "detail"),
    [
        ("can-pay-by-paypal", "payment_include", "Payment is not enabled in the system"),
        ("can-pay-by-cheque", "payment_include", "Payment is not enabled in the system"),
        ("can-pay-by-bank", "payment_include", "Payment is not enabled in the system"),
        ("can-pay-by-stripe", "payment_include", "Payment is not enabled in the system"),
        ("is-donation-enabled", "donation_include", "Donation is not enabled in the system"),
    ],
)
def test_module_that_is_off_is_enforced_where_configured(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch, attribute: str, module: str, detail: str
) -> None:
    given = {attribute: True}
    assert made(api, **given).status_code == 201
    monkeypatch.setitem(api.app.config, "ENFORCE_MODULES", True)
    status, pointer, text = refusal(made(api, **given))
    assert (status, pointer) == (403, f"/data/attributes/{attribute}")
    assert text.startswith(detail)
    assert module.replace("_", "-") in text
    assert made(api, AdminFactory(), **given).status_code == 201
    ModuleFactory(**{"payment_include": False, "donation_include": False, module: True})
    assert made(api, **given).status_code == 201


def test_chat_room_is_named_after_event_and_identifier(api: ApiClient) -> None:
    attributes = made(api, name="C++ & Rust: hot!").json["data"]["attributes"]
    assert attributes["chat-room-name"] == f"C-----Rust--hot!-{attributes['identifier']}"
