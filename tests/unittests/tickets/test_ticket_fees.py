"""Ticket fees: what the installation takes of each ticket, by currency and country."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Text, literal, select

from app.extensions import db
from app.tickets.fees import preferred_fee
from app.tickets.surcharges.models import TicketFee
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.surcharges import TicketFeeFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of

FEE = {"currency": "EUR", "country": "DE", "service-fee": 2.5, "maximum-fee": 4.99}


def test_admin_sets_fees(api: ApiClient) -> None:
    admin = AdminFactory()
    made = api.post("/v1/ticket-fees", document("ticket-fee", **FEE), user=admin)
    assert made.status_code == 201
    assert made.json["data"]["attributes"] == FEE
    path = f"/v1/ticket-fees/{made.json['data']['id']}"
    changed = api.patch(path, document("ticket-fee", service_fee=3), user=admin)
    assert changed.json["data"]["attributes"] == FEE | {"service-fee": 3}
    assert api.delete(path, user=admin).status_code == 200
    assert api.get("/v1/ticket-fees", user=admin).json["data"] == []


def test_fees_are_for_admins_only(api: ApiClient) -> None:
    fee, event = TicketFeeFactory(), EventFactoryBasic()
    for user, status in ((None, 401), (UserFactory(), 403), (role_of(event, "owner"), 403)):
        for path in ("/v1/ticket-fees", f"/v1/ticket-fees/{fee.id}"):
            assert api.get(path, user=user).status_code == status
        assert api.post("/v1/ticket-fees", document("ticket-fee", **FEE), user=user).status_code == status


@pytest.mark.parametrize(
    ("held", "country", "status"),
    [("US", "US", 409), ("US", "us", 409), (None, None, 409), (None, "", 409), ("US", "DE", 201), ("US", None, 201)],
)
def test_there_is_one_fee_per_currency_and_country(
    api: ApiClient, held: str | None, country: str | None, status: int
) -> None:
    TicketFeeFactory(currency="USD", country=held)
    answer = api.post("/v1/ticket-fees", document("ticket-fee", currency="USD", country=country), user=AdminFactory())
    assert answer.status_code == status
    if status == 409:
        assert answer.json["errors"][0]["source"] == {"pointer": "/data/attributes/currency"}


def test_fee_cannot_be_moved_onto_another(api: ApiClient) -> None:
    TicketFeeFactory(currency="USD", country="US")
    fee, admin = TicketFeeFactory(currency="EUR", country="US"), AdminFactory()
    path = f"/v1/ticket-fees/{fee.id}"
    assert api.patch(path, document("ticket-fee", currency="USD"), user=admin).status_code == 409
    assert api.patch(path, document("ticket-fee", currency="USD", country="CA"), user=admin).status_code == 200
    assert api.patch(path, document("ticket-fee", service_fee=1), user=admin).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("currency", "XXX"), ("currency", 5), ("service-fee", -1), ("service-fee", 1000), ("service-fee", "NaN"),
        ("maximum-fee", -0.01), ("maximum-fee", 10**11), ("country", "\x00"),
    ],
)  # fmt: skip
def test_values_that_make_no_fee_are_refused_by_name(api: ApiClient, name: str, value: Any) -> None:
    refused = api.post("/v1/ticket-fees", document("ticket-fee", **FEE | {name: value}), user=AdminFactory())
    assert refused.status_code == 422
    assert refused.json["errors"][0]["source"] == {"pointer": f"/data/attributes/{name}"}


def fee_of(currency: str | None) -> TicketFee | None:
    """The fee that orders in this currency pay."""
    return db.session.scalars(select(TicketFee).where(TicketFee.id == preferred_fee(literal(currency, Text)))).first()


@pytest.mark.parametrize(
    ("countries", "chosen"),
    [
        ([], None), (["DE"], "DE"), (["DE", "AT"], "DE"), (["DE", None], None), (["DE", "", "AT"], ""),
        (["DE", "Global"], "Global"), (["global", "DE"], "global"),
    ],
)  # fmt: skip
def test_fee_for_no_country_in_particular_counts_before_the_oldest(
    api: ApiClient, countries: list[str | None], chosen: str | None
) -> None:
    TicketFeeFactory(currency="USD", country=None)
    for country in countries:
        TicketFeeFactory(currency="EUR", country=country, service_fee=Decimal(1))
    fee = fee_of("EUR")
    assert (fee is None) == (not countries)
    assert fee is None or fee.country == chosen


def test_event_without_a_currency_pays_no_fee(api: ApiClient) -> None:
    TicketFeeFactory(currency=None)
    assert fee_of(None) is None
