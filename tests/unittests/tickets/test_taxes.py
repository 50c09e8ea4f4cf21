"""Taxes: one for each event that takes one, in full for the event's team."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from app.edge import Service
from app.extensions import db
from app.tickets.surcharges.models import Tax
from app.users.models import User
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.surcharges import TaxFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent

PUBLIC = {"name", "rate", "is-tax-included-in-price"}
REST = {
    "country", "tax-id", "should-send-invoice", "is-invoice-sent", "registered-company", "contact-name", "phone",
    "email", "address", "city", "state", "zip", "invoice-footer", "deleted-at",
}  # fmt: skip


def tax_document(event: Any, **attributes: Any) -> Any:
    """A document of a new tax of this event."""
    return document("tax", relationships={"event": linkage("event", event)}, **attributes)


def taxed_event(**values: Any) -> Any:
    """An event that takes a tax, and has none yet."""
    return EventFactoryBasic(is_tax_enabled=True, **values)


def attributes(response: Any) -> dict[str, Any]:
    """The attributes of the answer's resource."""
    found: dict[str, Any] = response.json["data"]["attributes"]
    return found


def error(response: Any) -> dict[str, Any]:
    """The answer's first error."""
    found: dict[str, Any] = response.json["errors"][0]
    return found


def test_new_tax_without_values_is_nothing_added_to_the_price(api: ApiClient) -> None:
    event = taxed_event()
    made = api.post("/v1/taxes", tax_document(event), user=role_of(event, "coorganizer"))
    assert made.status_code == 201
    shown = attributes(made)
    assert shown.keys() == PUBLIC | REST
    assert (shown["name"], shown["rate"], shown["tax-id"]) == ("", 0, "")
    assert not any(shown[name] for name in ("is-tax-included-in-price", "should-send-invoice", "is-invoice-sent"))


def test_every_value_of_a_tax_is_kept_as_sent(api: ApiClient) -> None:
    event = taxed_event()
    sent = {
        "name": "VAT", "rate": 7.125, "is-tax-included-in-price": True, "country": "DE", "tax-id": "DE1", "zip": "10115",
        "should-send-invoice": True, "is-invoice-sent": True, "registered-company": "ACME", "contact-name": "Ada",
        "phone": "+49 30 1", "email": "tax@example.com", "address": "Platz 1", "city": "Berlin", "state": "Berlin",
        "invoice-footer": "Thanks",
    }  # fmt: skip
    user = role_of(event, "coorganizer")
    made = api.post("/v1/taxes", tax_document(event, **sent), user=user)
    assert attributes(made) == sent | {"deleted-at": None}
    assert attributes(api.get(f"/v1/events/{event.identifier}/tax", user=user)) == sent | {"deleted-at": None}


@pytest.mark.parametrize("rank", [None, "stranger", "registrar", "coorganizer", "admin"])
def test_outsiders_see_what_is_added_and_the_team_sees_the_rest(api: ApiClient, rank: str | None) -> None:
    tax = TaxFactory()
    people = {None: lambda: None, "stranger": UserFactory, "admin": AdminFactory}
    user = people[rank]() if rank in people else role_of(tax.event, rank)
    expected = PUBLIC | REST if rank in ("coorganizer", "admin") else PUBLIC
    assert attributes(api.get(f"/v1/events/{tax.event.id}/tax", user=user)).keys() == expected
    assert attributes(api.get(f"/v1/taxes/{tax.id}", user=user)).keys() == expected
    listed = api.get("/v1/taxes", user=user).json["data"]
    assert [each["attributes"].keys() for each in listed] == [expected]
    included = api.get(f"/v1/events/{tax.event.id}", user=user, query={"include": "tax"}).json["included"]
    assert [each["attributes"].keys() for each in included] == [expected]


@pytest.mark.parametrize("name", ["tax-id", "email", "registered-company"])
def test_filter_tells_outsiders_nothing_of_what_they_do_not_see(api: ApiClient, name: str) -> None:
    tax = TaxFactory(tax_id="x1", email="x1", registered_company="x1")
    criterion = {"filter": [{"name": name, "op": "eq", "val": "x1"}]}
    assert api.get("/v1/taxes", query=criterion).json["data"] == []
    assert len(api.get("/v1/taxes", query=criterion, user=role_of(tax.event, "coorganizer")).json["data"]) == 1


@pytest.mark.parametrize(
    ("values", "by_identifier", "by_number"),
    [({"state": "draft"}, 404, 404), ({"privacy": "private"}, 200, 404)],
)
def test_tax_is_hidden_like_its_event(
    api: ApiClient, values: dict[str, str], by_identifier: int, by_number: int
) -> None:
    event = taxed_event(**values)
    tax, member = TaxFactory(event=event), role_of(event, "coorganizer")
    assert api.get(f"/v1/events/{event.identifier}/tax").status_code == by_identifier
    assert api.get(f"/v1/taxes/{tax.id}").status_code == by_number
    assert api.get("/v1/taxes").json["data"] == []
    assert api.get(f"/v1/taxes/{tax.id}", user=member).status_code == 200
    assert len(api.get("/v1/taxes", user=member).json["data"]) == 1


@pytest.mark.parametrize(("rank", "status"), [(None, 401), ("stranger", 403), ("registrar", 403), ("coorganizer", 201)])
def test_taxes_are_made_by_the_team_only(api: ApiClient, rank: str | None, status: int) -> None:
    event = taxed_event()
    user = None if rank is None else UserFactory() if rank == "stranger" else role_of(event, rank)
    assert api.post("/v1/taxes", tax_document(event), user=user).status_code == status


def test_event_that_takes_no_tax_refuses_one(api: ApiClient) -> None:
    event = EventFactoryBasic(is_tax_enabled=False)
    refused = api.post("/v1/taxes", tax_document(event), user=role_of(event, "coorganizer"))
    assert refused.status_code == 405
    assert error(refused)["detail"] == "Tax is disabled for this Event"
    assert error(refused)["source"] == {"parameter": "event_id"}


def test_second_tax_of_an_event_is_refused_until_the_first_is_deleted(api: ApiClient) -> None:
    tax = TaxFactory()
    user = role_of(tax.event, "coorganizer")
    refused = api.post("/v1/taxes", tax_document(tax.event), user=user)
    assert refused.status_code == 409
    assert error(refused)["detail"] == "Tax already exists for this event"
    assert error(refused)["source"] == {"pointer": "/data/relationships/event"}
    assert api.delete(f"/v1/taxes/{tax.id}", user=user).status_code == 200
    made = api.post("/v1/taxes", tax_document(tax.event, name="GST"), user=user)
    assert made.status_code == 201
    shown = api.get(f"/v1/events/{tax.event.id}?include=tax", user=user).json
    assert [each["id"] for each in shown["included"]] == [made.json["data"]["id"]]


def test_of_two_taxes_made_at_one_time_one_is_kept(committed_app: Service) -> None:
    event = taxed_event()
    user, body = role_of(event, "coorganizer"), tax_document(event)
    db.session.commit()
    other = db.engine.connect()
    pending = other.begin()
    other.execute(text("INSERT INTO taxes (event_id) VALUES (:event)"), {"event": event.id})
    user_id = user.id
    db.session.rollback()

    def make() -> Any:
        with committed_app.app_context():
            return ApiClient(committed_app).post("/v1/taxes", body, user=db.session.get_one(User, user_id))

    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(make)
        wait_for_lock()
        pending.commit()
        refused = made.result()
    other.close()
    assert (refused.status_code, error(refused)["detail"]) == (409, "Tax already exists for this event")
    assert error(refused)["source"] == {"pointer": "/data/relationships/event"}


def wait_for_lock() -> None:
    """Until somebody waits for what another transaction has written."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    for _ in range(200):
        if db.session.scalar(waiting):
            return
        db.session.rollback()
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_deleted_tax_is_restored_by_staff_unless_another_took_its_place(api: ApiClient) -> None:
    tax, admin = TaxFactory(), AdminFactory()
    path, body = f"/v1/taxes/{tax.id}?get_trashed=true", document("tax", tax.id, deleted_at=None)
    assert api.delete(f"/v1/taxes/{tax.id}", user=admin).status_code == 200
    assert api.get(f"/v1/events/{tax.event.id}/tax", user=admin).status_code == 404
    other = TaxFactory(event=tax.event)
    refused = api.patch(path, body, user=admin)
    assert (refused.status_code, error(refused)["source"]) == (409, {"pointer": "/data/relationships/event"})
    assert api.delete(f"/v1/taxes/{other.id}", user=admin).status_code == 200
    assert api.patch(path, body, user=admin).status_code == 200
    assert api.get(f"/v1/events/{tax.event.id}/tax").status_code == 200


def test_event_without_tax_answers_not_found(api: ApiClient) -> None:
    missing = api.get(f"/v1/events/{taxed_event().id}/tax")
    assert (missing.status_code, error(missing)["source"]) == (404, {"parameter": "event_id"})


@pytest.mark.parametrize("rate", [-0.1, 100.1, "much", 1e300])
def test_rate_is_a_percentage(api: ApiClient, rate: Any) -> None:
    event = taxed_event()
    refused = api.post("/v1/taxes", tax_document(event, rate=rate), user=role_of(event, "coorganizer"))
    assert (refused.status_code, error(refused)["source"]) == (422, {"pointer": "/data/attributes/rate"})


def test_rate_is_kept_with_four_places_and_shown_as_it_is_kept(api: ApiClient) -> None:
    event = taxed_event()
    user = role_of(event, "coorganizer")
    made = api.post("/v1/taxes", tax_document(event, rate=8.87505), user=user)
    assert attributes(made)["rate"] == 8.8751
    assert db.session.scalars(select(Tax.rate)).one() == Decimal("8.8751")


def test_change_of_a_tax_leaves_the_rest_as_it_was(api: ApiClient) -> None:
    tax = TaxFactory(name="VAT", rate=Decimal(18), city="Berlin")
    user = role_of(tax.event, "coorganizer")
    changed = api.patch(f"/v1/events/{tax.event.id}/tax", document("tax", tax.id, rate=None), user=user)
    assert changed.status_code == 200
    shown = attributes(changed)
    assert (shown["name"], shown["rate"], shown["city"]) == ("VAT", None, "Berlin")


def test_taxes_of_a_page_of_events_come_by_one_statement(api: ApiClient) -> None:
    admin = AdminFactory()

    def statements() -> int:
        with statements_sent() as sent:
            answer = api.get("/v1/events", user=admin, query={"include": "tax"})
            assert answer.status_code == 200
        return len(sent)

    TaxFactory()
    few = statements()
    for _ in range(3):
        TaxFactory()
    assert statements() == few
