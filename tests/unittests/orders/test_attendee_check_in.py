"""Check-in: who lets attendees in, and how the times and devices of it are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.extensions import db
from app.orders.models import Attendee
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic, give_role
from tests.unittests.factories.orders import AttendeeFactory, OrderFactory
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.statements import statements_sent

FIRST, SECOND = "2026-05-01T09:00:00+00:00", "2026-05-02T09:30:00+00:00"


def guest(**values: Any) -> Any:
    """An attendee of a completed order."""
    ticket = TicketFactory()
    return AttendeeFactory(ticket=ticket, order=OrderFactory(event=ticket.event, status="completed"), **values)


def person(attendee: Any, rank: str) -> Any:
    """Somebody in this relation to the attendee."""
    if rank == "buyer":
        return attendee.order.user
    if rank == "admin":
        return AdminFactory()
    user = UserFactory()
    if rank != "stranger":
        give_role(user, attendee.event, rank)
    return user


def check_in(api: ApiClient, attendee: Any, rank: str = "registrar", **attributes: Any) -> Any:
    """PATCH these attributes of the attendee."""
    body = document("attendee", attendee.id, **attributes)
    return api.patch(f"/v1/attendees/{attendee.id}", body, user=person(attendee, rank))


@pytest.mark.parametrize(
    ("rank", "status"),
    [("registrar", 200), ("coorganizer", 200), ("owner", 200), ("admin", 200), ("buyer", 422), ("moderator", 403),
     ("stranger", 403)],
)  # fmt: skip
def test_attendees_are_let_in_by_the_events_people(api: ApiClient, rank: str, status: int) -> None:
    attendee = guest()
    response = check_in(api, attendee, rank, is_checked_in=True, checkin_times=FIRST, firstname="Mallory")
    assert response.status_code == status
    stored = db.session.get_one(Attendee, attendee.id)
    assert stored.is_checked_in is (status == 200)
    assert stored.firstname == "Grace"


STORED = {"is_checked_in": True, "checkin_times": FIRST, "device_name_checkin": "gate"}
APPENDED: list[tuple[dict[str, Any], dict[str, Any], str | None, str | None]] = [
    ({}, {"checkin_times": FIRST}, FIRST, "-"),
    ({}, {"checkin_times": FIRST, "device_name_checkin": "gate"}, FIRST, "gate"),
    ({}, {"checkin_times": f"{FIRST}, {SECOND}", "device_name_checkin": "a,b"}, f"{FIRST},{SECOND}", "a,b"),
    (STORED, {"checkin_times": SECOND}, f"{FIRST},{SECOND}", "gate,-"),
    (STORED, {"checkin_times": SECOND, "device_name_checkin": "gate"}, f"{FIRST},{SECOND}", "gate,gate"),
    (STORED, {"checkin_times": f"{FIRST},{SECOND}"}, f"{FIRST},{SECOND}", "gate,-"),
    (STORED, {"checkin_times": f"{FIRST},{SECOND}", "device_name_checkin": "door"}, f"{FIRST},{SECOND}", "gate,door"),
    (STORED, {"checkin_times": f"{FIRST},{SECOND}", "device_name_checkin": "gate,door"}, f"{FIRST},{SECOND}", "gate,door"),
    (STORED, {"checkin_times": FIRST, "device_name_checkin": "gate"}, FIRST, "gate"),
    (STORED, {"checkin_times": None}, FIRST, "gate"),
]  # fmt: skip


@pytest.mark.parametrize(("stored", "sent", "times", "devices"), APPENDED)
def test_new_times_are_appended_with_their_devices(
    api: ApiClient, stored: dict[str, Any], sent: dict[str, Any], times: str | None, devices: str | None
) -> None:
    attendee = guest(**stored)
    response = check_in(api, attendee, **sent)
    assert response.status_code == 200, response.json
    shown = response.json["data"]["attributes"]
    assert (shown["checkin-times"], shown["device-name-checkin"]) == (times, devices)


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"device_name_checkin": "gate", "checkin_times": None}, "device-name-checkin", "Check in Times missing"),
    (
        {"is_checked_in": True, "checkin_times": None},
        "checkin-times",
        "Check in time missing while trying to check in attendee",
    ),
    (
        {"is_checked_in": True, "checkin_times": FIRST, "device_name_checkin": "a,b"},
        "device-name-checkin",
        "Check in Time missing for the corresponding device name",
    ),
]


@pytest.mark.parametrize(("sent", "attribute", "detail"), REFUSED)
def test_check_in_that_does_not_add_up_is_refused(
    api: ApiClient, sent: dict[str, Any], attribute: str, detail: str
) -> None:
    response = check_in(api, guest(), **sent)
    error = response.json["errors"][0]
    assert (error["status"], error["detail"]) == (422, detail)
    assert error["source"] == {"pointer": f"/data/attributes/{attribute}"}


def test_check_in_of_an_attendee_without_an_order_needs_its_time_too(api: ApiClient) -> None:
    attendee = AttendeeFactory()
    response = check_in(api, attendee, is_checked_in=True)
    assert response.json["errors"][0]["source"] == {"pointer": "/data/attributes/checkin-times"}
    response = check_in(api, attendee, device_name_checkin="gate")
    assert response.json["errors"][0]["detail"] == "Check in Times missing"


NEW: list[tuple[dict[str, Any], str | None, str | None]] = [
    ({"device_name_checkin": "gate"}, None, "Attendee needs to be checked in first"),
    (
        {"is_checked_in": True, "device_name_checkin": "gate"},
        None,
        "Check in Times missing for the corresponding device name",
    ),
    ({"is_checked_in": True, "checkin_times": FIRST, "device_name_checkin": "gate"}, "gate", None),
    ({"is_checked_in": True, "checkin_times": FIRST}, "-", None),
]


@pytest.mark.parametrize(("sent", "device", "detail"), NEW)
def test_organizer_enters_somebody_who_is_there_already(
    api: ApiClient, sent: dict[str, Any], device: str | None, detail: str | None
) -> None:
    ticket, user = TicketFactory(), UserFactory()
    give_role(user, ticket.event, "organizer")
    links = {"event": linkage("event", ticket.event), "ticket": linkage("ticket", ticket)}
    response = api.post("/v1/attendees", document("attendee", relationships=links, **sent), user=user)
    if detail is None:
        assert response.json["data"]["attributes"]["device-name-checkin"] == device
        return
    assert response.status_code == 422
    assert response.json["errors"][0]["detail"] == detail
    assert response.json["errors"][0]["source"] == {"pointer": "/data/attributes/device-name-checkin"}


def test_buyer_checks_nobody_in_by_entering_them(api: ApiClient) -> None:
    ticket = TicketFactory()
    links = {"event": linkage("event", ticket.event), "ticket": linkage("ticket", ticket)}
    body = document("attendee", relationships=links, is_checked_in=True, checkin_times=FIRST, attendee_notes="VIP")
    shown = api.post("/v1/attendees", body, user=UserFactory()).json["data"]["attributes"]
    assert (shown["is-checked-in"], shown["checkin-times"], shown["attendee-notes"]) == (False, None, None)


def test_check_out_notes_the_time(api: ApiClient) -> None:
    attendee = guest(**STORED)
    shown = check_in(api, attendee, is_checked_out=True, checkin_times=FIRST).json["data"]["attributes"]
    assert shown["is-checked-out"] is True
    noted = datetime.fromisoformat(shown["checkout-times"])
    assert abs((datetime.now(UTC) - noted).total_seconds()) < 60
    again = check_in(api, attendee, is_checked_out=True, checkin_times=FIRST).json["data"]["attributes"]
    assert again["checkout-times"] == shown["checkout-times"]


@pytest.mark.parametrize(
    ("held", "sent", "expected"),
    [
        (None, "vegan", "vegan"),
        ("vegan", "wheelchair", "vegan,wheelchair"),
        ("vegan,wheelchair", "vegan", "vegan,wheelchair"),
        ("vegan", "vegan,wheelchair", "vegan,wheelchair"),
        ("vegan", None, "vegan"),
    ],
)
def test_notes_are_appended(api: ApiClient, held: str | None, sent: str | None, expected: str) -> None:
    attendee = guest(attendee_notes=held)
    response = check_in(api, attendee, attendee_notes=sent, checkin_times=None)
    assert response.json["data"]["attributes"]["attendee-notes"] == expected


def test_printed_badge_is_noted(api: ApiClient) -> None:
    response = check_in(api, guest(), is_badge_printed=True, badge_printed_at=FIRST, checkin_times=None)
    shown = response.json["data"]["attributes"]
    assert (shown["is-badge-printed"], shown["badge-printed-at"]) == (True, "2026-05-01T09:00:00Z")


# What is asked at the door


@pytest.mark.parametrize(
    ("rank", "status"),
    [("registrar", 200), ("coorganizer", 200), ("admin", 200), ("buyer", 403), ("stranger", 403), ("moderator", 403)],
)
def test_attendees_are_searched_and_looked_up_by_the_events_people(api: ApiClient, rank: str, status: int) -> None:
    attendee = guest()
    user = person(attendee, rank)
    event = attendee.event
    assert api.get(f"/v1/events/{event.identifier}/attendees/search", user=user).status_code == status
    state = api.get("/v1/states", user=user, query={"event_id": str(event.id), "attendee_id": str(attendee.id)})
    assert state.status_code == status
    if status == 200:
        assert state.json == {"is_registered": False, "register_times": None}
    assert api.get(f"/v1/events/{event.id}/attendees/search").status_code == 401
    assert api.get("/v1/states", query={"event_id": str(event.id), "attendee_id": str(attendee.id)}).status_code == 401


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Alan", "Grace", "Ada"]),
        ({"name": "LOVE"}, ["Ada"]),
        ({"name": "a"}, ["Alan", "Grace", "Ada"]),
        ({"name": "hopper"}, ["Grace"]),
        ({"email": "GRACE@"}, ["Grace"]),
        ({"name": "a", "email": "alan"}, ["Alan"]),
        ({"name": "%"}, []),
        ({"email": "nobody"}, []),
    ],
)
def test_search_finds_texts_in_names_and_addresses(api: ApiClient, query: dict[str, str], found: list[str]) -> None:
    ticket = TicketFactory()
    for first, last in (("Ada", "Lovelace"), ("Grace", "Hopper"), ("Alan", "Turing")):
        AttendeeFactory(ticket=ticket, firstname=first, lastname=last, email=f"{first.lower()}@example.com")
    AttendeeFactory(firstname="Alan")
    user = UserFactory()
    give_role(user, ticket.event, "registrar")
    response = api.get(f"/v1/events/{ticket.event.id}/attendees/search", user=user, query=query)
    assert [each["firstname"] for each in response.json["attendees"]] == found


def test_search_costs_the_same_for_many_attendees(api: ApiClient) -> None:
    ticket, user = TicketFactory(), AdminFactory()

    def statements() -> int:
        with statements_sent() as sent:
            assert api.get(f"/v1/events/{ticket.event.id}/attendees/search", user=user).status_code == 200
        return len(sent)

    AttendeeFactory(ticket=ticket)
    few = statements()
    AttendeeFactory.create_batch(5, ticket=ticket)
    assert statements() == few


def test_state_of_registration_is_asked_with_two_ids(api: ApiClient) -> None:
    attendee = guest(is_registered=True, register_times=FIRST)
    event, admin = str(attendee.event_id), AdminFactory()
    other = str(guest().id)
    answers = {
        (event, str(attendee.id)): (200, None),
        (None, str(attendee.id)): (404, "event_id"),
        (event, None): (404, "attendee_id"),
        ("abc", str(attendee.id)): (422, "event_id"),
        (event, "abc"): (422, "attendee_id"),
        (event, "999999999"): (404, "attendee_id"),
        ("999999999", str(attendee.id)): (404, "event_id"),
        (event, other): (422, "attendee_id"),
    }
    for (event_id, attendee_id), (status, parameter) in answers.items():
        pairs = {"event_id": event_id, "attendee_id": attendee_id}
        response = api.get("/v1/states", user=admin, query={key: value for key, value in pairs.items() if value})
        assert response.status_code == status
        if status == 200:
            assert response.json == {"is_registered": True, "register_times": FIRST}
        else:
            assert response.json["errors"][0]["source"] == {"parameter": parameter}


def test_registrar_of_one_event_learns_nothing_of_another(api: ApiClient) -> None:
    attendee, user = guest(), UserFactory()
    give_role(user, EventFactoryBasic(), "registrar")
    query = {"event_id": str(attendee.event_id), "attendee_id": str(attendee.id)}
    assert api.get("/v1/states", user=user, query=query).status_code == 403
