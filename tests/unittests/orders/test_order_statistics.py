"""The orders of an event, and of a ticket, in numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.events.models import UsersEventsRoles
from app.extensions import db
from tests.unittests.client import ApiClient
from tests.unittests.factories.events import EventFactoryBasic, give_role
from tests.unittests.factories.orders import OrderFactory, OrderLineFactory
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent

NOTHING = dict.fromkeys(("total", "draft", "cancelled", "pending", "expired", "placed", "completed"), 0)


def sold_event() -> tuple[Any, Any, Any]:
    """An event, one of its tickets, and another: both were ordered, in each status."""
    event = EventFactoryBasic()
    ticket, other = TicketFactory(event=event, quantity=70), TicketFactory(event=event, quantity=30)
    TicketFactory(event=event, quantity=999, deleted_at=datetime.now(UTC))
    for status, lines in (
        ("completed", ((ticket, 2, "10", "1.50"), (other, 1, "5.25", "0"))),
        ("completed", ((ticket, 1, "10", "0"),)),
        ("placed", ((other, 3, "5.25", "0.75"),)),
        ("pending", ((ticket, 1, "8", "0"),)),
        ("initializing", ((ticket, 4, "10", "0"),)),
        ("cancelled", ((ticket, 5, "10", "0"),)),
        ("expired", ()),
    ):  # fmt: skip
        order = OrderFactory(event=event, status=status, payment_mode="onsite", amount=Decimal(1))
        for sold, quantity, price, discount in lines:
            OrderLineFactory(
                order=order, ticket=sold, quantity=quantity, price=Decimal(price), discount_amount=Decimal(discount),
                fee_amount=Decimal(1), tax_amount=Decimal(2),
            )  # fmt: skip
    deleted = OrderFactory(event=event, status="completed", deleted_at=datetime.now(UTC))
    OrderLineFactory(order=deleted, ticket=ticket, quantity=9, price=Decimal(100))
    return event, ticket, other


def shown(response: Any) -> dict[str, Any]:
    """The answer's resource, which has to be there."""
    assert response.status_code == 200, response.get_data(as_text=True)
    found: dict[str, Any] = response.json["data"]
    return found


def test_event_counts_tickets_orders_and_sales_by_status(api: ApiClient) -> None:
    event, _, _ = sold_event()
    member = role_of(event, "coorganizer")
    for reference in (event.id, event.identifier):
        found = shown(api.get(f"/v1/events/{reference}/order-statistics", user=member))
        assert (found["type"], found["id"]) == ("order-statistics-event", str(event.id))
        assert found["attributes"] == {
            "identifier": event.identifier,
            "tickets": NOTHING | {"total": 17, "completed": 4, "placed": 3, "pending": 1, "cancelled": 5, "max": 100},
            "orders": NOTHING | {"total": 7, "completed": 2, "placed": 1, "pending": 1, "cancelled": 1, "expired": 1},
            "sales": NOTHING | {"total": 146.75, "completed": 33.75, "placed": 15, "pending": 8, "cancelled": 50},
        }


def test_ticket_counts_what_was_ordered_of_it(api: ApiClient) -> None:
    event, _, other = sold_event()
    found = shown(api.get(f"/v1/tickets/{other.id}/order-statistics", user=role_of(event, "coorganizer")))
    assert (found["type"], found["id"]) == ("order-statistics-ticket", str(other.id))
    assert found["attributes"] == {
        "identifier": str(other.id),
        "tickets": NOTHING | {"total": 4, "completed": 1, "placed": 3},
        "orders": NOTHING | {"total": 2, "completed": 1, "placed": 1},
        "sales": NOTHING | {"total": 20.25, "completed": 5.25, "placed": 15},
    }


def test_where_nothing_was_ordered_everything_is_zero(api: ApiClient) -> None:
    ticket, admin = TicketFactory(quantity=5), AdminFactory()
    of_event = shown(api.get(f"/v1/events/{ticket.event.id}/order-statistics", user=admin))["attributes"]
    assert of_event["tickets"] == NOTHING | {"max": 5}
    assert of_event["orders"] == of_event["sales"] == NOTHING
    of_ticket = shown(api.get(f"/v1/tickets/{ticket.id}/order-statistics", user=admin))["attributes"]
    assert of_ticket["tickets"] == of_ticket["orders"] == of_ticket["sales"] == NOTHING


@pytest.mark.parametrize(("rank", "status"), [(None, 401), ("stranger", 403), ("registrar", 403), ("coorganizer", 200)])
def test_statistics_are_for_the_team(api: ApiClient, rank: str | None, status: int) -> None:
    ticket = TicketFactory()
    user = None if rank is None else UserFactory() if rank == "stranger" else role_of(ticket.event, rank)
    for path in (f"/v1/events/{ticket.event.id}", f"/v1/tickets/{ticket.id}"):
        assert api.get(f"{path}/order-statistics", user=user).status_code == status
        assert api.get(f"{path}/relationships/order-statistics", user=user).status_code == status
        owner = api.get(path, user=user, query={"include": "order-statistics"}).json
        assert ("order-statistics" in owner["data"]["relationships"]) == (status == 200)
        assert len(owner["included"]) == (status == 200)


def test_statistics_are_not_found_by_their_own_address_but_by_the_team(api: ApiClient) -> None:
    ticket = TicketFactory()
    for path in (f"/v1/order-statistics-events/{ticket.event.id}", f"/v1/order-statistics-tickets/{ticket.id}"):
        assert api.get(path, user=UserFactory()).status_code == 404
        assert api.get(path, user=role_of(ticket.event, "organizer")).status_code == 200


def test_deleted_events_and_tickets_have_no_statistics(api: ApiClient) -> None:
    gone = datetime.now(UTC)
    deleted, left = TicketFactory(deleted_at=gone), TicketFactory(event=EventFactoryBasic(deleted_at=gone))
    member = role_of(deleted.event, "owner")
    for path in (
        f"/v1/tickets/{deleted.id}/order-statistics",
        f"/v1/order-statistics-tickets/{deleted.id}",
        f"/v1/order-statistics-tickets/{left.id}",
        f"/v1/order-statistics-events/{left.event.id}",
    ):
        assert api.get(path, user=role_of(left.event, "owner") if str(left.id) in path else member).status_code == 404


def test_statistics_cannot_be_written(api: ApiClient) -> None:
    event, admin = EventFactoryBasic(), AdminFactory()
    for method in ("POST", "PATCH", "DELETE"):
        assert api.request(method, f"/v1/events/{event.id}/order-statistics", user=admin).status_code == 405


def test_changed_order_makes_another_entity_tag(api: ApiClient) -> None:
    event, ticket, _ = sold_event()
    member, path = role_of(event, "coorganizer"), f"/v1/events/{event.id}/order-statistics"
    tag = api.get(path, user=member).headers["ETag"]
    assert api.get(path, user=member, headers={"If-None-Match": tag}).status_code == 304
    OrderLineFactory(order=OrderFactory(event=event, status="placed"), ticket=ticket)
    assert api.get(path, user=member, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("of", ["event", "ticket"])
def test_statistics_of_a_page_come_by_a_constant_number_of_statements(api: ApiClient, of: str) -> None:
    member = UserFactory()
    event = EventFactoryBasic()
    path = f"/v1/events/{event.id}/tickets" if of == "ticket" else f"/v1/users/{member.id}/events"

    def sell() -> None:
        sold = event if of == "ticket" else EventFactoryBasic()
        give(member, sold)
        OrderLineFactory(ticket=TicketFactory(event=sold), quantity=2)

    def statements() -> tuple[int, list[int]]:
        db.session.refresh(member)
        with statements_sent() as sent:
            included = api.get(path, user=member, query={"include": "order-statistics"}).json["included"]
        return len(sent), [each["attributes"]["tickets"]["total"] for each in included]

    sell()
    api.get(path, user=member)  # The first request also notes when the user was last seen.
    few, first = statements()
    assert first == [2]
    for _ in range(3):
        sell()
    assert statements() == (few, [2, 2, 2, 2])


def give(member: Any, event: Any) -> None:
    """Put the user on the event's team, once."""
    if not db.session.scalar(select(UsersEventsRoles.id).filter_by(user_id=member.id, event_id=event.id)):
        give_role(member, event, "coorganizer")
