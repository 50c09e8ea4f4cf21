"""Ordering so many of each ticket by `create-order`, and what `calculate-amount` says beforehand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.extensions import db
from app.orders.models import Attendee, Order, OrderLine
from app.tickets.models import AccessCodeUses, DiscountCode, DiscountCodeUses
from tests.unittests.factories.events import in_days
from tests.unittests.factories.surcharges import TaxFactory, TicketFeeFactory
from tests.unittests.factories.tickets import AccessCodeFactory, DiscountCodeTicketFactory, TicketFactory
from tests.unittests.factories.users import UserFactory
from tests.unittests.orders.steps import Sale, attributes, error, queued_jobs, statements_of_requests


def ask(sale: Sale, path: str, *tickets: Any, user: Any = "buyer", **members: Any) -> TestResponse:
    """POST a cart of (ticket, quantity) pairs or ready items."""
    items = [each if isinstance(each, dict) else {"id": str(each[0].id), "quantity": each[1]} for each in tickets]
    person = sale.person(user) if user is None or isinstance(user, str) else user
    return sale.api.plain("POST", f"/v1/orders/{path}", {"tickets": items, **members}, user=person)


def create(sale: Sale, *tickets: Any, **members: Any) -> TestResponse:
    return ask(sale, "create-order", *tickets, **members)


def quote(sale: Sale, *tickets: Any, **members: Any) -> TestResponse:
    return ask(sale, "calculate-amount", *tickets, **members)


def paid(sale: Sale, price: str = "50.00", **values: Any) -> Any:
    """A paid ticket of the sale's event."""
    sale.event.payment_currency, sale.event.can_pay_by_bank = "EUR", True
    return TicketFactory(event=sale.event, type="paid", price=Decimal(price), **values)


def used(code: Any) -> int:
    """How many uses of the code are taken."""
    kind = DiscountCodeUses if isinstance(code, DiscountCode) else AccessCodeUses
    column = kind.discount_code_id if kind is DiscountCodeUses else kind.access_code_id
    return db.session.scalars(select(kind.used).where(column == code.id)).one()


# What is made


def test_order_begins_with_blank_attendees_who_hold_their_seats(sale: Sale) -> None:
    response = create(sale, (sale.ticket, 3))
    assert response.status_code == 200, response.json
    order = attributes(response)
    assert (order["status"], order["amount"]) == ("initializing", 0)
    people = db.session.scalars(select(Attendee)).all()
    assert [(each.firstname, each.email, each.created_by_id) for each in people] == [(None, None, sale.buyer.id)] * 3
    assert len({each.identifier for each in people}) == 3
    assert (sale.taken(), queued_jobs()) == (3, [])
    stored = db.session.scalars(select(Order)).one()
    assert order["identifier"] == stored.identifier
    assert stored.expires_at - stored.created_at == timedelta(minutes=15)


def test_the_clients_whole_way_ends_in_a_completed_free_order(sale: Sale) -> None:
    order = create(sale, (sale.ticket, 1)).json["data"]
    address = f"/v1/orders/{order['attributes']['identifier']}"
    shown = sale.api.get(address, user=sale.buyer, query={"include": "attendees,event"}).json
    (person,) = [item for item in shown["included"] if item["type"] == "attendee"]
    filled = {
        "data": {"type": "attendee", "id": person["id"], "attributes": {"firstname": "Ada", "email": "ada@example.com"}}
    }
    assert sale.api.patch(f"/v1/attendees/{person['id']}", filled, user=sale.buyer).status_code == 200
    whole = {"data": {**order, "attributes": {**order["attributes"], "status": "completed"}}}
    assert attributes(sale.api.patch(address, whole, user=sale.buyer))["status"] == "completed"
    assert "write_papers" in queued_jobs()


def test_free_order_that_is_made_pending_is_completed_by_a_job(sale: Sale) -> None:
    order = create(sale, (sale.ticket, 1)).json["data"]
    body = {"data": {"type": "order", "id": order["id"], "attributes": {"status": "pending"}}}
    assert attributes(sale.api.patch(f"/v1/orders/{order['id']}", body, user=sale.buyer))["status"] == "pending"
    assert queued_jobs() == ["complete_free_order"]


@pytest.mark.parametrize("seats", [1, 8])
def test_statements_of_an_order_do_not_grow_with_its_seats(sale: Sale, seats: int) -> None:
    create(sale, (sale.ticket, 1))
    with statements_of_requests() as counted:
        assert create(sale, (sale.ticket, seats)).status_code == 200
    assert len(counted) <= 9, "\n".join(counted)


def test_statements_of_an_order_grow_by_one_for_each_ticket(sale: Sale) -> None:
    tickets = [sale.ticket, *(TicketFactory(event=sale.event) for _ in range(4))]
    with statements_of_requests() as counted:
        assert create(sale, *((ticket, 2) for ticket in tickets)).status_code == 200
    assert len(counted) <= 9 + 4, "\n".join(counted)


def test_paid_order_for_an_attendee_has_as_few_up_to_where_it_is_paid(sale: Sale) -> None:
    ticket = paid(sale)
    sale.event.can_pay_by_stripe = True
    person = sale.attendee(ticket=ticket)
    with statements_of_requests() as counted:
        assert sale.order(person, payment_mode="stripe").status_code == 201
    assert len(counted) <= 14, "\n".join(counted)


# What it costs


def test_quote_and_order_cost_the_same_and_lines_keep_what_was_charged(sale: Sale) -> None:
    ticket = paid(sale)
    TicketFeeFactory(currency="EUR", service_fee=Decimal(2), maximum_fee=Decimal(5))
    sale.event.is_tax_enabled = True
    TaxFactory(event=sale.event, rate=Decimal(18), name="VAT")
    code = DiscountCodeTicketFactory(
        event=sale.event, tickets=[ticket], type="percent", value=Decimal(10), marketer=sale.organizer
    )
    quoted = quote(sale, (ticket, 10), user=None, **{"discount-code": str(code.id)}).json
    assert quoted == {
        "total": 536.9,
        "sub_total": 455.0,
        "discount": 50.0,
        "tax": {"included": False, "name": "VAT", "percent": 18.0, "amount": 81.9},
        "tickets": [
            {
                "id": ticket.id,
                "name": ticket.name,
                "price": 50.0,
                "quantity": 10,
                "discount": {"code": code.code, "type": "percent", "percent": 10.0, "amount": 5.0, "total": 50.0},
                "ticket_fee": 5.0,
                "sub_total": 455.0,
                "ticket_tax": 9.0,
                "discounted_tax": 8.1,
            }
        ],
    }
    assert attributes(create(sale, (ticket, 10), discount_code=code.id))["amount"] == 536.9
    line = db.session.scalars(select(OrderLine)).one()
    assert [line.price, line.discounted, line.unit_discount, line.discount_amount, line.fee_amount, line.tax_amount] == [
        50, 10, 5, 50, 5, Decimal("81.9"),
    ]  # fmt: skip
    order = db.session.scalars(select(Order)).one()
    assert (order.tax_name, order.tax_rate, order.is_tax_included) == ("VAT", 18, False)
    assert (order.discount_code_id, order.marketer_id) == (code.id, sale.organizer.id)


def test_donation_costs_what_its_giver_says_within_bounds(sale: Sale) -> None:
    sale.event.can_pay_onsite = True
    gift = TicketFactory(event=sale.event, type="donation", min_price=Decimal(5), max_price=Decimal(20))
    order = attributes(create(sale, {"id": gift.id, "quantity": 2, "price": 7.5}, {"id": gift.id, "price": "20"}))
    assert order["amount"] == 35
    lines = db.session.execute(select(OrderLine.price, OrderLine.quantity).order_by(OrderLine.price)).all()
    assert [tuple(line) for line in lines] == [(Decimal("7.5"), 2), (Decimal(20), 1)]
    for price in (4.99, 20.01):
        response = create(sale, {"id": gift.id, "quantity": 1, "price": price})
        assert (response.status_code, error(response)["source"]["pointer"]) == (422, "/tickets/0/price")


def test_price_of_a_paid_ticket_is_not_the_buyers_to_say(sale: Sale) -> None:
    ticket = paid(sale)
    assert attributes(create(sale, {"id": ticket.id, "quantity": 1, "price": 0.01}))["amount"] == 50


@pytest.mark.parametrize(("person", "amount"), [("buyer", 50), ("coorganizer", 7), ("admin", 7)])
def test_amount_is_the_teams_to_say(sale: Sale, person: str, amount: int) -> None:
    ticket = paid(sale)
    assert attributes(create(sale, (ticket, 1), user=person, amount=7))["amount"] == amount
    assert quote(sale, (ticket, 1), user=person, amount=7).json["total"] == amount


def test_amount_of_the_teams_has_the_decimals_of_the_currency(sale: Sale) -> None:
    assert attributes(create(sale, (paid(sale), 1), user="coorganizer", amount=0.335))["amount"] == 0.34


def test_tax_that_is_switched_off_is_not_charged(sale: Sale) -> None:
    ticket = paid(sale)
    TaxFactory(event=sale.event, rate=Decimal(18))
    sale.event.is_tax_enabled = False
    assert quote(sale, (ticket, 1)).json["tax"] is None


# Codes


def test_discount_covers_the_units_it_has_uses_for_and_the_rest_cost_the_full_price(sale: Sale) -> None:
    ticket = paid(sale)
    code = DiscountCodeTicketFactory(
        event=sale.event, tickets=[ticket], type="amount", value=Decimal(20), tickets_number=2
    )
    quoted = quote(sale, (ticket, 3), discount_code=code.id).json
    assert quoted["total"] == 110
    assert "2 of 3" in quoted["tickets"][0]["discount"]["warning"]
    assert attributes(create(sale, (ticket, 3), discount_code=code.id))["amount"] == 110
    flags = db.session.scalars(select(Attendee.is_discount_applied).order_by(Attendee.id)).all()
    assert (flags, used(code)) == ([True, True, False], 2)
    for path in ("create-order", "calculate-amount"):
        response = ask(sale, path, (ticket, 1), discount_code=code.id)
        assert (response.status_code, error(response)["detail"]) == (422, "Discount tickets sold out.")


def test_uses_come_back_with_the_seats(sale: Sale) -> None:
    hidden = paid(sale, is_hidden=True)
    discount = DiscountCodeTicketFactory(event=sale.event, tickets=[hidden], value=Decimal(5), type="amount")
    access = AccessCodeFactory(event=sale.event, tickets=[hidden], is_active=True, tickets_number=5)
    order = create(sale, (hidden, 3), discount_code=discount.id, access_code=access.id).json["data"]
    assert (used(discount), used(access), sale.taken(hidden)) == (3, 3, 3)
    first = db.session.scalars(select(Attendee.id).limit(1)).one()
    assert sale.api.delete(f"/v1/attendees/{first}", user=sale.owner).status_code == 200
    assert (used(discount), used(access), sale.taken(hidden)) == (2, 2, 2)
    body = {"data": {"type": "order", "id": order["id"], "attributes": {"status": "cancelled"}}}
    assert sale.api.patch(f"/v1/orders/{order['id']}", body, user=sale.buyer).status_code == 200
    assert (used(discount), used(access), sale.taken(hidden)) == (0, 0, 0)
    revived = {
        "data": {"type": "order", "id": order["id"], "attributes": {"status": "pending", "payment-mode": "bank"}}
    }
    assert sale.api.patch(f"/v1/orders/{order['id']}", revived, user=sale.admin).status_code == 200
    assert (used(discount), used(access), sale.taken(hidden)) == (2, 2, 2)


def test_hidden_ticket_needs_a_code_that_is_good_for_it(sale: Sale) -> None:
    hidden, other = paid(sale, is_hidden=True), paid(sale, is_hidden=True, name="Other")
    good = AccessCodeFactory(event=sale.event, tickets=[hidden], is_active=True)
    bad = AccessCodeFactory(event=sale.event, tickets=[other], is_active=True)
    for code in (None, bad.id):
        for path in ("create-order", "calculate-amount"):
            response = ask(sale, path, (hidden, 1), access_code=code)
            assert response.status_code == 422, response.json
    order = create(sale, (hidden, 2), access_code=str(good.id))
    assert order.status_code == 200
    assert db.session.scalars(select(Attendee.is_access_code_applied)).all() == [True, True]
    assert db.session.scalars(select(OrderLine.accessed)).one() == 2
    assert create(sale, (hidden, 1), user="coorganizer").status_code == 200


def test_exhausted_access_code_says_how_many_are_left(sale: Sale) -> None:
    hidden = paid(sale, is_hidden=True, name="Crew")
    code = AccessCodeFactory(event=sale.event, tickets=[hidden], is_active=True, tickets_number=2, max_quantity=2)
    code.max_quantity = None
    response = create(sale, (hidden, 3), access_code=code.id)
    assert (response.status_code, error(response)["detail"]) == (
        422,
        "Access code for ticket Crew is exhausted, only 2 quantity is available",
    )
    assert error(response)["source"]["source"] == "access_code"
    assert (used(code), sale.taken(hidden)) == (0, 0)


# What is refused


BAD_ITEMS: tuple[tuple[Any, str], ...] = (
    ({"quantity": 1}, "/tickets/0/id"),
    ({"id": "x", "quantity": 1}, "/tickets/0/id"),
    ({"id": True, "quantity": 1}, "/tickets/0/id"),
    ({"id": 10**30, "quantity": 1}, "/tickets/0/id"),
    ({"id": 1, "quantity": 0}, "/tickets/0/quantity"),
    ({"id": 1, "quantity": -2}, "/tickets/0/quantity"),
    ({"id": 1, "quantity": 1.5}, "/tickets/0/quantity"),
    ({"id": 1, "quantity": None}, "/tickets/0/quantity"),
    ({"id": 1, "quantity": 10**9}, "/tickets/0/quantity"),
    ({"id": 1, "quantity": 1, "price": "much"}, "/tickets/0/price"),
    ({"id": 1, "quantity": 1, "price": -1}, "/tickets/0/price"),
    ({"id": 1, "quantity": 1, "price": True}, "/tickets/0/price"),
    ({"id": 1, "quantity": 1, "price": "NaN"}, "/tickets/0/price"),
    (7, "/tickets/0"),
)


@pytest.mark.parametrize(("item", "pointer"), BAD_ITEMS)
@pytest.mark.parametrize("path", ["create-order", "calculate-amount"])
def test_item_that_cannot_be_read_is_named(sale: Sale, path: str, item: Any, pointer: str) -> None:
    response = sale.api.plain("POST", f"/v1/orders/{path}", {"tickets": [item]}, user=sale.buyer)
    assert (response.status_code, error(response)["source"]["pointer"]) == (422, pointer)


@pytest.mark.parametrize("body", [[], 1, None, "x"])
def test_body_that_is_no_object_is_refused(sale: Sale, body: Any) -> None:
    assert sale.api.plain("POST", "/v1/orders/create-order", body, user=sale.buyer).status_code == 400


@pytest.mark.parametrize("tickets", [None, [], {}, 0])
def test_cart_without_tickets_is_refused(sale: Sale, tickets: Any) -> None:
    response = sale.api.plain("POST", "/v1/orders/create-order", {"tickets": tickets}, user=sale.buyer)
    assert (response.status_code, error(response)["detail"]) == (422, "Tickets missing in Order request")
    assert error(response)["source"]["source"] == "tickets"


def test_negative_quantities_do_not_make_tickets_free(sale: Sale) -> None:
    one, other = paid(sale), paid(sale, name="Other")
    response = create(sale, (one, 2), (other, -2))
    assert (response.status_code, error(response)["source"]["pointer"]) == (422, "/tickets/1/quantity")
    assert db.session.scalar(select(func.count()).select_from(Order)) == 0


def test_unknown_and_deleted_tickets_are_not_found(sale: Sale) -> None:
    gone = TicketFactory(event=sale.event, deleted_at=in_days(-1))
    response = create(sale, (sale.ticket, 1), (gone, 1), {"id": 999999, "quantity": 1})
    assert response.status_code == 404
    assert error(response)["detail"] == f"Tickets not found for IDs: {gone.id}, 999999"


def test_tickets_are_of_one_event(sale: Sale) -> None:
    response = create(sale, (sale.ticket, 1), (TicketFactory(), 1))
    assert response.status_code == 422
    assert error(response)["detail"].startswith("All tickets must belong to same event. Found: ")


@pytest.mark.parametrize(("person", "status"), [("stranger", 404), ("coorganizer", 200), ("admin", 200)])
def test_tickets_of_a_draft_do_not_exist_for_outsiders(sale: Sale, person: str, status: int) -> None:
    sale.event.state = "draft"
    assert create(sale, (sale.ticket, 1), user=person).status_code == status
    assert quote(sale, (sale.ticket, 1), user=person).status_code == status


def test_deleted_event_sells_nothing(sale: Sale) -> None:
    sale.event.deleted_at = in_days(-1)
    response = create(sale, (sale.ticket, 1))
    assert (response.status_code, error(response)["source"]["pointer"]) == (404, "/tickets/event")


@pytest.mark.parametrize(
    ("values", "quantity", "why"),
    [
        ({"sales_starts_at": in_days(1)}, 1, "is not on sale yet"),
        ({"sales_ends_at": in_days(-1)}, 1, "is no longer on sale"),
        ({"min_order": 2}, 1, "is sold from 2 at once"),
        ({"max_order": 3}, 4, "is sold up to 3 at once"),
    ],
)
def test_line_that_is_not_sold_is_named(sale: Sale, values: dict[str, Any], quantity: int, why: str) -> None:
    for name, value in values.items():
        setattr(sale.ticket, name, value)
    other = TicketFactory(event=sale.event)
    response = create(sale, (other, 1), (sale.ticket, quantity))
    assert (response.status_code, error(response)["detail"]) == (422, f'Ticket "{sale.ticket.name}" {why}')
    assert error(response)["source"] == {"pointer": "/tickets/1", "id": str(sale.ticket.id)}
    assert create(sale, (sale.ticket, quantity), user="coorganizer").status_code == 200


def test_largest_order_counts_a_ticket_that_is_named_twice(sale: Sale) -> None:
    sale.ticket.max_order = 3
    assert create(sale, (sale.ticket, 2), (sale.ticket, 2)).status_code == 422


def test_sold_out_names_the_ticket_and_leaves_nothing_behind(sale: Sale) -> None:
    other = TicketFactory(event=sale.event, quantity=1, name="Last")
    response = create(sale, (sale.ticket, 1), (other, 2))
    assert (response.status_code, error(response)["detail"]) == (409, 'Ticket "Last" already sold out')
    assert error(response)["source"]["id"] == str(other.id)
    assert (sale.taken(), sale.taken(other)) == (0, 0)
    assert db.session.scalar(select(func.count()).select_from(Attendee)) == 0


def test_free_seats_are_for_verified_buyers(sale: Sale) -> None:
    someone = UserFactory(is_verified=False)
    response = create(sale, (sale.ticket, 1), user=someone)
    assert (response.status_code, error(response)["source"]["code"]) == (403, "unverified-user")
    assert create(sale, (paid(sale), 1), user=someone).status_code == 200


def test_quotes_are_for_everybody_and_orders_for_those_who_sign_in(sale: Sale) -> None:
    assert quote(sale, (sale.ticket, 1), user=None).status_code == 200
    assert create(sale, (sale.ticket, 1), user=None).status_code == 401


def test_client_verifies_no_discount(sale: Sale) -> None:
    ticket = paid(sale)
    code = DiscountCodeTicketFactory(event=sale.event, tickets=[ticket], is_active=False)
    response = create(sale, (ticket, 1), discount_code=code.id, **{"discount-verify": False})
    assert response.status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Order)) == 0
