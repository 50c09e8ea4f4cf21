"""What an event has sold stands on the event, for its team."""

from __future__ import annotations

from decimal import Decimal

from tests.unittests.client import ApiClient
from tests.unittests.factories.events import EventFactoryBasic, give_role
from tests.unittests.factories.orders import OrderFactory, OrderLineFactory
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.statements import statements_sent

SOLD = {
    "completed-order-sales": 30.5, "completed-order-tickets": 4, "placed-order-sales": 7, "placed-order-tickets": 1,
    "pending-order-sales": 0, "pending-order-tickets": 0,
}  # fmt: skip


def sold_event() -> tuple[object, object]:
    """An event with three orders, and its co-organizer."""
    event, member = EventFactoryBasic(), UserFactory()
    give_role(member, event, "coorganizer")
    ticket, other = TicketFactory(event=event), TicketFactory(event=event)
    for status, amount, quantities in (
        ("completed", "20.50", (2, 1)), ("completed", "10", (1,)), ("placed", "7", (1,)), ("cancelled", "99", (9,)),
    ):  # fmt: skip
        order = OrderFactory(event=event, status=status, amount=Decimal(amount), payment_mode="onsite")
        for sold, quantity in zip((ticket, other), quantities, strict=False):
            OrderLineFactory(order=order, ticket=sold, quantity=quantity)
    return event, member


def test_team_sees_what_was_sold_by_status(api: ApiClient) -> None:
    event, member = sold_event()
    shown = api.get(f"/v1/events/{event.id}", user=member).get_json(force=True)["data"]["attributes"]
    assert {name: shown[name] for name in SOLD} == SOLD


def test_others_do_not_see_what_was_sold(api: ApiClient) -> None:
    event, _ = sold_event()
    for user in (None, UserFactory()):
        shown = api.get(f"/v1/events/{event.id}", user=user).get_json(force=True)["data"]["attributes"]
        assert SOLD.keys() & shown.keys() == set()


def test_page_of_events_asks_once_for_all_sales(api: ApiClient) -> None:
    admin = AdminFactory()

    def statements() -> int:
        with statements_sent() as sent:
            assert api.get("/v1/events", user=admin).status_code == 200
        return len(sent)

    sold_event()
    few = statements()
    for _ in range(3):
        sold_event()
    assert statements() == few
