"""Tickets: what may be offered, by whom, and who sees it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.edge import Service
from app.extensions import db
from app.site.models import Module
from app.tickets import stock
from app.tickets.models import Ticket
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic, give_role, in_days
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of


def ticket_document(event: Any, **attributes: Any) -> Any:
    """A document of a new free ticket of this event, with attributes changed by keyword; None leaves one out."""
    values = {
        "name": "Day pass",
        "type": "free",
        "sales_starts_at": in_days(-1).isoformat(),
        "sales_ends_at": in_days(10).isoformat(),
    } | attributes
    kept = {name: value for name, value in values.items() if value is not None}
    return document("ticket", relationships={"event": linkage("event", event)}, **kept)


def first_error(response: TestResponse) -> tuple[object, str, str | None]:
    """Status, detail and pointer of the first error."""
    error = response.json["errors"][0]  # type: ignore[index]
    return error["status"], error["detail"], error["source"].get("pointer")


def test_coorganizer_offers_a_ticket_with_the_defaults_of_the_contract(api: ApiClient) -> None:
    event = EventFactoryBasic()
    response = api.post("/v1/tickets", ticket_document(event), user=role_of(event, "coorganizer"))
    assert response.status_code == 201, response.json
    shown = response.json["data"]["attributes"]
    expected = {
        "name": "Day pass", "type": "free", "price": 0.0, "min-price": 0.0, "max-price": None, "quantity": 100,
        "position": 1, "min-order": 1, "max-order": 10, "is-hidden": False, "is-fee-absorbed": False,
        "is-description-visible": False, "auto-checkin-enabled": False, "is-checkin-restricted": True,
        "form-id": None, "badge-id": None, "description": None, "deleted-at": None,
    }  # fmt: skip
    assert {name: shown[name] for name in expected} == expected
    assert response.headers["Location"] == f"/v1/tickets/{response.json['data']['id']}"


@pytest.mark.parametrize(
    ("attributes", "status", "pointer", "detail"),
    [
        ({"type": "paid"}, "422", "price", "paid ticket price should be greater than 0"),
        ({"type": "paid", "price": 0}, "422", "price", "paid ticket price should be greater than 0"),
        ({"type": "paid", "price": -1}, "422", "price", None),
        ({"type": "vip"}, "422", "type", None),
        ({"type": "donation", "min_price": 9, "max_price": 3}, "422", "min-price", None),
        ({"quantity": 0}, "422", "quantity", "quantity should be greater than 0"),
        ({"quantity": -3}, "422", "quantity", None),
        ({"quantity": 3, "max_order": 4}, "422", "quantity", None),
        ({"quantity": 3, "min_order": 4}, "422", "max-order", None),
        ({"min_order": 4, "max_order": 3}, "422", "max-order", None),
        ({"sales_ends_at": "2020-01-01T00:00:00Z"}, "422", "sales-ends-at", None),
        ({"sales_ends_at": None}, "422", "sales-ends-at", "Missing data for required field."),
        ({"name": None}, "422", "name", "Missing data for required field."),
        ({"name": "  "}, "422", "name", None),
    ],
)
def test_ticket_that_breaks_a_rule_of_the_schema_is_refused(
    api: ApiClient, attributes: dict[str, Any], status: str, pointer: str, detail: str | None
) -> None:
    event = EventFactoryBasic(can_pay_onsite=True)
    if attributes.get("min_order") == 4 and attributes.get("quantity") == 3:
        attributes = attributes | {"max_order": 3}
    response = api.post("/v1/tickets", ticket_document(event, **attributes), user=role_of(event, "organizer"))
    error = first_error(response)
    assert response.status_code == 422
    assert (error[0], error[2]) == (status, f"/data/attributes/{pointer}")
    assert detail is None or error[1] == detail


def test_few_tickets_allow_orders_of_all_of_them(api: ApiClient) -> None:
    event = EventFactoryBasic()
    response = api.post("/v1/tickets", ticket_document(event, quantity=3), user=role_of(event, "organizer"))
    assert response.status_code == 201
    assert response.json["data"]["attributes"]["max-order"] == 3


def test_free_ticket_costs_nothing_whatever_price_is_sent(api: ApiClient) -> None:
    event = EventFactoryBasic()
    user = role_of(event, "organizer")
    response = api.post("/v1/tickets", ticket_document(event, price=12.5), user=user)
    assert response.json["data"]["attributes"]["price"] == 0
    path = f"/v1/tickets/{response.json['data']['id']}"
    changed = api.patch(path, document("ticket", response.json["data"]["id"], price=7), user=user)
    assert changed.status_code == 200
    assert changed.json["data"]["attributes"]["price"] == 0


@pytest.mark.parametrize("type_", ["paid", "donation"])
def test_selling_needs_a_payment_method(api: ApiClient, type_: str) -> None:
    event = EventFactoryBasic()
    user = role_of(event, "organizer")
    refused = api.post("/v1/tickets", ticket_document(event, type=type_, price=5), user=user)
    assert refused.status_code == 422
    assert refused.json["errors"][0]["detail"] == "Event having paid ticket must have a payment method"
    assert refused.json["errors"][0]["source"]["event_id"] == str(event.id)
    ticket = TicketFactory(event=event)
    changed = api.patch(f"/v1/tickets/{ticket.id}", document("ticket", ticket.id, type=type_, price=5), user=user)
    assert changed.status_code == 422
    assert changed.json["errors"][0]["detail"] == "Event having paid ticket must have a payment method"


METHODS = (
    "can_pay_by_paypal", "can_pay_by_stripe", "can_pay_by_omise", "can_pay_by_alipay", "can_pay_by_cheque",
    "can_pay_by_bank", "can_pay_by_paytm", "can_pay_by_invoice", "can_pay_onsite",
)  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_any_payment_method_lets_an_event_sell(api: ApiClient, method: str) -> None:
    event = EventFactoryBasic(**{method: True})
    response = api.post(
        "/v1/tickets", ticket_document(event, type="paid", price=19.99), user=role_of(event, "organizer")
    )
    assert response.status_code == 201
    assert response.json["data"]["attributes"]["price"] == 19.99


def test_sales_may_not_end_after_the_event(api: ApiClient) -> None:
    event = EventFactoryBasic()
    user = role_of(event, "organizer")
    late = in_days(40).isoformat()
    expected = (
        422,
        "End of ticket sales date of 'Day pass' cannot be after end of event date",
        "/data/attributes/sales-ends-at",
    )
    assert first_error(api.post("/v1/tickets", ticket_document(event, sales_ends_at=late), user=user)) == expected
    ticket = TicketFactory(event=event, name="Day pass")
    change = document("ticket", ticket.id, sales_ends_at=late)
    assert first_error(api.patch(f"/v1/tickets/{ticket.id}", change, user=user)) == expected


def test_draft_without_dates_sells_as_long_as_it_likes(api: ApiClient) -> None:
    event = EventFactoryBasic(starts_at=None, ends_at=None, state="draft")
    late = in_days(400).isoformat()
    response = api.post("/v1/tickets", ticket_document(event, sales_ends_at=late), user=role_of(event, "organizer"))
    assert response.status_code == 201


def test_name_is_unique_among_the_live_tickets_of_an_event(api: ApiClient) -> None:
    event = EventFactoryBasic()
    user = role_of(event, "organizer")
    TicketFactory(name="Day pass")
    taken, other = TicketFactory(event=event, name="Day pass"), TicketFactory(event=event, name="Week pass")
    expected = (409, "Ticket already exists", "/data/attributes/name")
    assert first_error(api.post("/v1/tickets", ticket_document(event), user=user)) == expected
    change = document("ticket", other.id, name="Day pass")
    assert first_error(api.patch(f"/v1/tickets/{other.id}", change, user=user)) == expected
    same = document("ticket", taken.id, name="Day pass", description="The same name again")
    assert api.patch(f"/v1/tickets/{taken.id}", same, user=user).status_code == 200
    assert api.delete(f"/v1/tickets/{taken.id}", user=user).status_code == 200
    assert api.post("/v1/tickets", ticket_document(event), user=user).status_code == 201


def test_one_of_two_tickets_of_one_name_made_at_once_is_refused(committed_app: Service) -> None:
    event = EventFactoryBasic()
    user = role_of(event, "organizer")
    db.session.commit()
    body = ticket_document(event)

    def offer(_: int) -> TestResponse:
        with committed_app.app_context():
            return ApiClient(committed_app).post("/v1/tickets", body, user=db.session.merge(user, load=False))

    user_id = user.id
    db.session.expunge_all()
    assert user_id
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(offer, range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    pointers = {first_error(answer)[2] for answer in answers if answer.status_code == 409}
    assert pointers == {"/data/attributes/name"}


@pytest.mark.parametrize("role", [None, "registrar", "moderator", "track_organizer"])
@pytest.mark.parametrize("state", ["published", "draft"])
def test_outsider_who_offers_a_ticket_is_told_of_no_event(api: ApiClient, role: str | None, state: str) -> None:
    event = EventFactoryBasic(state=state)
    user = UserFactory() if role is None else role_of(event, role)
    response = api.post("/v1/tickets", ticket_document(event), user=user)
    assert response.status_code == 404
    assert response.json["errors"][0]["detail"] == f"Event: {event.id} not found"
    assert response.json["errors"][0]["source"] == {"parameter": "event_id"}


def test_anonymous_who_offers_a_ticket_is_asked_to_sign_in(api: ApiClient) -> None:
    assert api.post("/v1/tickets", ticket_document(EventFactoryBasic())).status_code == 401


def test_deleted_event_is_named_to_its_team_and_hidden_from_others(api: ApiClient) -> None:
    event = EventFactoryBasic(deleted_at=in_days(-1))
    team, stranger = role_of(event, "organizer"), UserFactory()
    assert first_error(api.post("/v1/tickets", ticket_document(event), user=team))[:2] == (422, "Event does not exist")
    assert api.post("/v1/tickets", ticket_document(event), user=stranger).status_code == 404


def test_ticket_needs_an_event(api: ApiClient) -> None:
    body = ticket_document(EventFactoryBasic())
    del body["data"]["relationships"]
    error = first_error(api.post("/v1/tickets", body, user=UserFactory()))
    assert error == (422, "A valid relationship with event resource is required", "/data/relationships/event")


@pytest.mark.parametrize(
    ("stored", "changes", "status", "pointer"),
    [
        ({}, {"quantity": 9}, "422", "quantity"),  # Below the stored max-order of 10.
        ({"max_order": 5}, {"min_order": 6}, "422", "max-order"),
        ({"quantity": 5, "max_order": 10}, {"description": "Untouched numbers are left alone"}, None, None),
        ({}, {"sales_starts_at": in_days(25).isoformat()}, "422", "sales-ends-at"),
        ({}, {"quantity": None}, "422", "quantity"),
        ({}, {"quantity": 50, "max_order": 50}, None, None),
        ({}, {"type": "paid"}, "422", "price"),
    ],
)
def test_change_is_checked_against_what_is_stored(
    api: ApiClient, stored: dict[str, Any], changes: dict[str, Any], status: str | None, pointer: str | None
) -> None:
    ticket = TicketFactory(event__can_pay_onsite=True, max_order=stored.pop("max_order", 10), **stored)
    user = role_of(ticket.event, "organizer")
    response = api.patch(f"/v1/tickets/{ticket.id}", document("ticket", ticket.id, **changes), user=user)
    if status is None:
        assert response.status_code == 200
    else:
        assert first_error(response)[0] == status
        assert first_error(response)[2] == f"/data/attributes/{pointer}"


def test_patch_of_one_attribute_leaves_all_others(api: ApiClient) -> None:
    ticket = TicketFactory(is_hidden=True, min_order=2, max_order=4, position=7, form_id="form", quantity=20)
    user = role_of(ticket.event, "organizer")
    before = api.get(f"/v1/tickets/{ticket.id}", user=user).json["data"]["attributes"]
    response = api.patch(f"/v1/tickets/{ticket.id}", document("ticket", ticket.id, description=None), user=user)
    assert response.json["data"]["attributes"] == before | {"description": None}


def test_quantity_cannot_fall_below_what_is_taken(api: ApiClient) -> None:
    ticket = TicketFactory(quantity=20)
    user = role_of(ticket.event, "organizer")
    assert stock.take(ticket.id, 12)
    path = f"/v1/tickets/{ticket.id}"
    refused = api.patch(path, document("ticket", ticket.id, quantity=11), user=user)
    assert (first_error(refused)[0], first_error(refused)[2]) == (409, "/data/attributes/quantity")
    assert api.patch(path, document("ticket", ticket.id, quantity=12), user=user).status_code == 200
    assert stock.available([ticket.id]) == {ticket.id: 0}


def test_ticket_with_sales_cannot_be_deleted(api: ApiClient) -> None:
    ticket = TicketFactory()
    user = role_of(ticket.event, "organizer")
    assert stock.take(ticket.id, 1)
    refused = api.delete(f"/v1/tickets/{ticket.id}", user=user)
    assert refused.status_code == 403
    error = refused.json["errors"][0]
    assert error["detail"] == "Can't delete a ticket that has sales"
    assert error["source"] == {"parameter": "ticket_id"}
    stock.give_back({ticket.id: 1})
    assert api.delete(f"/v1/tickets/{ticket.id}", user=user).status_code == 200
    assert api.get(f"/v1/tickets/{ticket.id}", user=user).status_code == 404


def test_deleted_ticket_cannot_be_taken_until_an_admin_restores_it(api: ApiClient) -> None:
    ticket = TicketFactory(quantity=5)
    user, admin = role_of(ticket.event, "organizer"), AdminFactory()
    path = f"/v1/tickets/{ticket.id}"
    assert api.delete(path, user=user).status_code == 200
    assert not stock.take(ticket.id, 1)
    restoring = document("ticket", ticket.id, deleted_at=None)
    trashed = {"get_trashed": "true"}
    assert api.patch(path, restoring, user=user, query=trashed).status_code == 404
    assert api.patch(path, restoring, user=admin, query=trashed).status_code == 200
    assert stock.available([ticket.id]) == {ticket.id: 5}


def test_name_taken_meanwhile_keeps_a_ticket_from_being_restored(api: ApiClient) -> None:
    ticket = TicketFactory(name="Day pass", deleted_at=in_days(-1))
    TicketFactory(name="Day pass", event=ticket.event)
    restoring = document("ticket", ticket.id, deleted_at=None)
    response = api.patch(f"/v1/tickets/{ticket.id}", restoring, user=AdminFactory(), query={"get_trashed": "true"})
    assert first_error(response)[:2] == (409, "Ticket already exists")


def test_patch_deletes_no_ticket(api: ApiClient) -> None:
    ticket = TicketFactory()
    change = document("ticket", ticket.id, deleted_at="2020-01-01T00:00:00Z")
    for user in (role_of(ticket.event, "organizer"), AdminFactory()):
        assert api.patch(f"/v1/tickets/{ticket.id}", change, user=user).status_code == 200
        assert db.session.get_one(Ticket, ticket.id).deleted_at is None


def test_event_of_a_ticket_never_changes(api: ApiClient) -> None:
    ticket, other = TicketFactory(), EventFactoryBasic()
    user = role_of(ticket.event, "organizer")
    give_role(user, other, "organizer")
    body = document("ticket", ticket.id, relationships={"event": linkage("event", other)})
    assert api.patch(f"/v1/tickets/{ticket.id}", body, user=user).status_code == 200
    assert db.session.get_one(Ticket, ticket.id).event_id == ticket.event_id
    path = f"/v1/tickets/{ticket.id}/relationships/event"
    assert api.patch(path, {"data": linkage("event", other)}, user=user).status_code == 405


MODULES = [
    ("free", {}, "ticket-include"),
    ("free", {"ticket_include": True}, None),
    ("paid", {"ticket_include": True}, "payment-include"),
    ("paid", {"ticket_include": True, "payment_include": True}, None),
    ("donation", {"ticket_include": True, "payment_include": True}, "donation-include"),
    ("donation", {"ticket_include": True, "donation_include": True}, None),
]


@pytest.mark.parametrize(("type_", "included", "refused"), MODULES)
def test_modules_are_enforced_where_configured(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch, type_: str, included: dict[str, bool], refused: str | None
) -> None:
    module = db.session.scalars(select(Module)).one()
    for name in ("ticket_include", "payment_include", "donation_include"):
        setattr(module, name, included.get(name, False))
    event = EventFactoryBasic(can_pay_onsite=True)
    user, body = role_of(event, "organizer"), ticket_document(event, type=type_, price=5)
    monkeypatch.setitem(api.app.config, "ENFORCE_MODULES", True)
    response = api.post("/v1/tickets", body, user=user)
    if refused is None:
        assert response.status_code == 201
        return
    assert response.status_code == 403
    assert refused in response.json["errors"][0]["detail"]
    assert api.post("/v1/tickets", body, user=AdminFactory()).status_code == 201
    monkeypatch.setitem(api.app.config, "ENFORCE_MODULES", False)
    other = ticket_document(event, type=type_, price=5, name="Another")
    assert api.post("/v1/tickets", other, user=user).status_code == 201
