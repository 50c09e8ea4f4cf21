"""Placing orders: for whom, at what price, and what is refused."""

from __future__ import annotations

import re
import uuid
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.orders.models import Attendee, Order, OrderLine
from app.tickets import uses
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic, give_role, in_days
from tests.unittests.factories.orders import order_with_attendees
from tests.unittests.factories.tickets import DiscountCodeTicketFactory, TicketFactory
from tests.unittests.factories.users import UserFactory
from tests.unittests.orders.steps import Sale, attributes, error, queued_jobs, statements_of_requests

# What an order is


def test_new_order_is_pending_and_has_its_own_address(sale: Sale) -> None:
    response = sale.order(sale.attendee())
    assert response.status_code == 201, response.json
    order = attributes(response)
    assert order["status"] == "pending"
    assert order["payment-mode"] == "free"
    assert order["amount"] == 0
    assert order["payment-url"] is None
    assert str(uuid.UUID(order["identifier"], version=4)) == order["identifier"]
    assert response.headers["Location"] == f"/v1/orders/{order['identifier']}"
    assert sale.api.get(response.headers["Location"], user=sale.buyer).status_code == 200


def test_invoice_numbers_count_up_without_gaps_and_are_fit_for_people(sale: Sale) -> None:
    numbers = [attributes(sale.order(sale.attendee()))["invoice-number"] for _ in range(2)]
    assert sale.order("999999").status_code == 404
    numbers.append(attributes(sale.order(sale.attendee()))["invoice-number"])
    assert numbers == [f"O-{sale.owner.id}-0000{number}" for number in (1, 2, 3)]


def test_events_of_one_organizer_share_a_series_of_invoice_numbers(sale: Sale) -> None:
    other = TicketFactory()
    give_role(sale.owner, other.event, "owner")
    numbers = [
        attributes(sale.order(sale.attendee()))["invoice-number"],
        attributes(sale.order(sale.attendee(ticket=other), event=other.event))["invoice-number"],
    ]
    assert numbers == [f"O-{sale.owner.id}-00001", f"O-{sale.owner.id}-00002"]


def test_event_without_an_owner_has_a_series_of_its_own(sale: Sale) -> None:
    orphan = TicketFactory()
    response = sale.order(sale.attendee(ticket=orphan), event=orphan.event)
    assert attributes(response)["invoice-number"] == f"O-E{orphan.event_id}-00001"


def test_order_links_buyer_attendees_and_lines(sale: Sale) -> None:
    other = TicketFactory(event=sale.event)
    people = [sale.attendee(), sale.attendee(ticket=other), sale.attendee()]
    response = sale.order(*people, query={"include": "attendees,tickets,event,user"})
    order = db.session.scalars(select(Order)).one()
    assert order.user_id == sale.buyer.id
    lines = db.session.execute(select(OrderLine.ticket_id, OrderLine.quantity, OrderLine.price)).all()
    assert sorted(tuple(line) for line in lines) == [(sale.ticket.id, 2, 0), (other.id, 1, 0)]
    kinds = sorted((item["type"], item["id"]) for item in response.json["included"])
    expected = [("attendee", str(each.id)) for each in people]
    expected += [("event", str(sale.event.id)), ("user", str(sale.buyer.id))]
    expected += [("ticket", str(each.id)) for each in (sale.ticket, other)]
    assert kinds == sorted(expected)
    assert response.json["data"]["relationships"]["attendees"]["links"]["self"].endswith("/relationships/attendee")


def test_order_takes_its_seats(sale: Sale) -> None:
    sale.order(sale.attendee(), sale.attendee())
    assert sale.taken() == 2


def test_free_order_is_completed_by_a_job(sale: Sale) -> None:
    sale.order(sale.attendee())
    assert queued_jobs() == ["complete_free_order"]


def test_two_attendees_of_an_order_never_share_a_ticket_code(sale: Sale) -> None:
    people = [sale.attendee(identifier="abcdef") for _ in range(3)]
    assert sale.order(*people).status_code == 201
    identifiers = db.session.scalars(select(Attendee.identifier)).all()
    assert len(set(identifiers)) == 3
    assert all(re.fullmatch("[0-9a-f]{6}", identifier) for identifier in identifiers)


def test_buyers_cannot_choose_status_amount_or_note(sale: Sale) -> None:
    order = attributes(
        sale.order(sale.attendee(), status="completed", amount=77, cancel_note="x", city="Oslo", order_notes=None)
    )
    assert (order["status"], order["amount"], order["cancel-note"], order["city"]) == ("pending", 0, None, "Oslo")


def test_what_the_server_computes_cannot_be_sent(sale: Sale) -> None:
    sent = {"identifier": "mine", "invoice_number": "O1", "paid_via": "x", "completed_at": "2026-01-01T00:00:00Z"}
    order = attributes(sale.order(sale.attendee(), transaction_id="t", tickets_pdf_url="https://x.org", **sent))
    assert order["identifier"] != "mine"
    assert order["invoice-number"] != "O1"
    assert [order[name] for name in ("paid-via", "completed-at", "transaction-id", "tickets-pdf-url")] == [None] * 4


def test_paid_ticket_is_priced_by_the_server_and_stays_pending(sale: Sale) -> None:
    sale.event.can_pay_by_bank = True
    sale.event.payment_currency = "EUR"
    paid = TicketFactory(event=sale.event, type="paid", price=Decimal("19.99"))
    people = [sale.attendee(ticket=paid) for _ in range(3)]
    order = attributes(sale.order(*people, payment_mode="bank", amount=0))
    assert (order["amount"], order["status"], order["payment-mode"]) == (59.97, "pending", "bank")
    paid.price = Decimal(50)
    db.session.flush()
    line = db.session.scalars(select(OrderLine)).one()
    assert (line.quantity, line.price) == (3, Decimal("19.99"))
    assert queued_jobs() == []


def test_free_ticket_costs_nothing_whatever_its_price_says(sale: Sale) -> None:
    sale.ticket.price = Decimal(10)
    assert attributes(sale.order(sale.attendee()))["amount"] == 0


def test_donation_without_a_price_is_the_least_one_may_give(sale: Sale) -> None:
    sale.event.can_pay_onsite = True
    donation = TicketFactory(event=sale.event, type="donation", min_price=Decimal("2.50"), max_price=Decimal(10))
    assert attributes(sale.order(sale.attendee(ticket=donation), payment_mode="onsite"))["amount"] == 2.5


# What is refused


def test_order_needs_a_login(sale: Sale) -> None:
    body = document("order", relationships={"event": linkage("event", sale.event), "attendees": []})
    assert sale.api.post("/v1/orders", body).status_code == 401


@pytest.mark.parametrize("missing", ["event", "attendees"])
def test_event_and_attendees_are_required(sale: Sale, missing: str) -> None:
    relationships = {"event": linkage("event", sale.event), "attendees": [linkage("attendee", sale.attendee())]}
    del relationships[missing]
    response = sale.api.post("/v1/orders", document("order", relationships=relationships), user=sale.buyer)
    assert (response.status_code, error(response)["source"]) == (422, {"pointer": f"/data/relationships/{missing}"})
    assert error(response)["detail"] == f"A valid relationship with {missing} resource is required"


def test_no_attendees_at_all_is_an_error_of_the_relationship(sale: Sale) -> None:
    response = sale.order()
    assert (response.status_code, error(response)["source"]["pointer"]) == (422, "/data/relationships/attendees")


@pytest.mark.parametrize("reference", ["999999", "abc", "-1", "1" * 40, "٣"])
def test_unknown_attendee_is_not_found(sale: Sale, reference: str) -> None:
    response = sale.order(sale.attendee(), reference)
    assert (response.status_code, error(response)["source"]) == (404, {"pointer": "/data/relationships/attendees"})
    assert sale.taken() == 0


def test_order_has_an_end(sale: Sale) -> None:
    assert sale.order(*range(10**6, 10**6 + 1001)).status_code == 422


def test_removed_attendee_is_not_found(sale: Sale) -> None:
    assert sale.order(sale.attendee(deleted_at=in_days(-1))).status_code == 404


def test_attendee_is_ordered_for_once(sale: Sale) -> None:
    attendee = sale.attendee()
    assert sale.order(attendee).status_code == 201
    response = sale.order(attendee)
    assert response.status_code == 409
    assert error(response)["detail"] == f"Order already exists for attendee with id {attendee.id}"
    assert sale.taken() == 1


def test_attendee_of_another_event_is_refused(sale: Sale) -> None:
    foreign = sale.attendee(ticket=TicketFactory())
    assert sale.order(foreign).status_code == 422


def test_attendee_somebody_else_entered_is_refused(sale: Sale) -> None:
    assert sale.order(sale.attendee(sale.stranger)).status_code == 403


@pytest.mark.parametrize("person", ["coorganizer", "organizer", "owner", "admin"])
def test_team_orders_for_anybodys_attendees(sale: Sale, person: str) -> None:
    assert sale.order(sale.attendee(sale.stranger), user=sale.person(person)).status_code == 201


def test_unknown_and_hidden_events_are_not_found(sale: Sale) -> None:
    draft = EventFactoryBasic(state="draft")
    assert sale.order(sale.attendee(), event=999999).status_code == 404
    assert sale.order(sale.attendee(), event=draft).status_code == 404


def test_draft_is_not_sold_to_those_who_may_only_see_it(sale: Sale) -> None:
    sale.event.state = "draft"
    assert sale.order(sale.attendee(sale.registrar), user=sale.registrar).status_code == 409
    assert sale.order(sale.attendee(), user=sale.organizer).status_code == 201


REFUSED_TICKETS: list[tuple[dict[str, Any], int, str]] = [
    ({"is_hidden": True}, 1, "needs an access code"),
    ({"sales_starts_at": in_days(1)}, 1, "is not on sale yet"),
    ({"sales_ends_at": in_days(-0.5)}, 1, "is no longer on sale"),
    ({"min_order": 2}, 1, "is sold from 2 at once"),
    ({"max_order": 2}, 3, "is sold up to 2 at once"),
]


@pytest.mark.parametrize(("values", "number", "reason"), REFUSED_TICKETS)
def test_what_is_not_sold_to_the_public_is_refused_by_name(
    sale: Sale, values: dict[str, Any], number: int, reason: str
) -> None:
    ticket = TicketFactory(event=sale.event, name="Early bird", **values)
    people = [sale.attendee(ticket=ticket) for _ in range(number)]
    response = sale.order(*people)
    assert (response.status_code, error(response)["detail"]) == (422, f'Ticket "Early bird" {reason}')
    assert error(response)["source"] == {"pointer": "/data/relationships/attendees", "id": str(ticket.id)}
    assert sale.order(*people, user=sale.coorganizer).status_code == 201


def test_withdrawn_ticket_is_refused_to_everybody(sale: Sale) -> None:
    attendee = sale.attendee()
    sale.ticket.deleted_at = in_days(-1)
    assert sale.order(attendee).status_code == 422
    assert sale.order(attendee, user=sale.owner).status_code == 422


def test_sold_out_ticket_is_named_and_nothing_is_left_behind(api: ApiClient) -> None:
    sale = Sale(api, name="Last one", quantity=1, max_order=5)
    response = sale.order(sale.attendee(), sale.attendee())
    assert response.status_code == 409
    assert error(response)["detail"] == 'Ticket "Last one" already sold out'
    assert error(response)["source"]["id"] == str(sale.ticket.id)
    assert (sale.taken(), db.session.scalars(select(Order)).all()) == (0, [])
    assert sale.order(sale.attendee()).status_code == 201
    assert sale.order(sale.attendee(), user=sale.owner).status_code == 409


def test_unverified_user_cannot_place_free_orders(sale: Sale) -> None:
    user = UserFactory(is_verified=False)
    response = sale.order(sale.attendee(user), user=user)
    assert response.status_code == 403
    assert error(response)["detail"] == "Unverified user cannot place free orders"
    assert error(response)["source"] == {"pointer": "/data/relationships/user", "code": "unverified-user"}


def test_installation_may_let_unverified_users_order(sale: Sale, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sale.api.app.config, "ALLOW_UNVERIFIED_FREE_ORDERS", True)
    user = UserFactory(is_verified=False)
    assert sale.order(sale.attendee(user), user=user).status_code == 201


def test_paid_order_needs_a_way_of_paying_the_event_offers(sale: Sale) -> None:
    sale.event.can_pay_by_bank = True
    paid = TicketFactory(event=sale.event, type="paid", price=Decimal(5))
    attendee = sale.attendee(ticket=paid)
    for values in ({}, {"payment_mode": "free"}, {"payment_mode": "stripe"}, {"payment_mode": None}):
        response = sale.order(attendee, **values)
        assert (response.status_code, error(response)["source"]["pointer"]) == (422, "/data/attributes/payment-mode")
    assert sale.order(attendee, payment_mode="bank").status_code == 201


def test_modules_that_are_enforced_stop_the_sale(sale: Sale, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sale.api.app.config, "ENFORCE_MODULES", True)
    response = sale.order(sale.attendee())
    assert response.status_code == 403
    assert "ticket-include" in error(response)["detail"]


# What the team says is final


@pytest.mark.parametrize("person", ["coorganizer", "admin"])
@pytest.mark.parametrize("status", ["initializing", "pending", "placed", "completed", "cancelled", "expired"])
def test_status_and_amount_of_the_team_are_final(sale: Sale, person: str, status: str) -> None:
    order = attributes(sale.order(sale.attendee(), user=sale.person(person), status=status, amount=12.5))
    assert (order["status"], order["amount"]) == (status, 12.5)
    assert sale.taken() == (status not in ("cancelled", "expired"))
    assert ("write_papers" in queued_jobs()) == (status in ("placed", "completed"))


def test_free_order_of_the_team_is_completed_unless_it_says_otherwise(sale: Sale) -> None:
    sale.order(sale.attendee(), user=sale.owner, status="pending")
    assert queued_jobs() == []
    sale.order(sale.attendee(), user=sale.owner)
    assert queued_jobs() == ["complete_free_order"]


def test_team_names_the_amount_of_a_paid_order(sale: Sale) -> None:
    response = sale.order(sale.attendee(), user=sale.owner, payment_mode="bank")
    assert (response.status_code, error(response)["source"]["pointer"]) == (409, "/data/attributes/amount")
    assert error(response)["detail"] == "Amount cannot be null for a paid order"


def test_registrar_is_no_team(sale: Sale) -> None:
    order = attributes(sale.order(sale.attendee(sale.registrar), user=sale.registrar, status="completed", amount=3))
    assert (order["status"], order["amount"]) == ("pending", 0)


# What it costs


def statements_of_an_order(sale: Sale, *people: Any) -> int:
    """How many statements the request sends, with the one that queues the job."""
    with statements_of_requests() as counted:
        assert sale.order(*people).status_code == 201
    return len(counted) + 1


def test_statements_of_an_order_grow_by_lines_and_not_by_seats(sale: Sale) -> None:
    one = statements_of_an_order(sale, sale.attendee())
    assert one <= 14
    # The first request of a while also notes when the buyer was last here.
    several = statements_of_an_order(sale, *(sale.attendee() for _ in range(8)))
    assert several <= one
    other = TicketFactory(event=sale.event)
    assert statements_of_an_order(sale, sale.attendee(), sale.attendee(ticket=other)) == several + 1


def test_factory_makes_orders_that_hold_their_seats(sale: Sale) -> None:
    order_with_attendees(sale.ticket, 3)
    assert sale.taken() == 3


# Discount codes


def discounted(sale: Sale, **values: Any) -> tuple[Any, Any]:
    """A paid ticket, and a code that takes 5 off each."""
    sale.event.can_pay_by_bank, sale.event.payment_currency = True, "EUR"
    ticket = TicketFactory(event=sale.event, type="paid", price=Decimal(20))
    code = DiscountCodeTicketFactory(event=sale.event, tickets=[ticket], type="amount", value=Decimal(5), **values)
    return ticket, code


def test_discount_code_is_linked_consumed_and_taken_off(sale: Sale) -> None:
    ticket, code = discounted(sale, tickets_number=3)
    response = sale.order(*(sale.attendee(ticket=ticket) for _ in range(2)), payment_mode="bank", discount_code=code)
    order = attributes(response)
    assert (response.status_code, order["amount"], order["discount-code-id"]) == (201, 30, str(code.id))
    assert uses.used_of(code) == 2
    line = db.session.scalars(select(OrderLine)).one()
    assert (line.discounted, line.unit_discount, line.discount_amount) == (2, 5, 10)
    assert db.session.scalars(select(Attendee.is_discount_applied)).all() == [True, True]


@pytest.mark.parametrize(
    ("values", "detail"),
    [
        ({"is_active": False, "valid_till": in_days(-1)}, "Inactive Discount Code"),
        ({"valid_till": in_days(-1)}, "Inactive Discount Code"),
        ({"valid_from": in_days(1)}, "Inactive Discount Code"),
        ({"tickets_number": 1}, "Discount Usage Exceeded"),
        ({"min_quantity": 3}, "Discount Usage Exceeded"),
        ({"max_quantity": 1}, "Discount Usage Exceeded"),
    ],
)
def test_discount_code_that_is_good_for_nothing_is_refused(sale: Sale, values: dict[str, Any], detail: str) -> None:
    ticket, code = discounted(sale, **values)
    response = sale.order(*(sale.attendee(ticket=ticket) for _ in range(2)), payment_mode="bank", discount_code=code)
    assert (response.status_code, error(response)["detail"]) == (422, detail)
    assert error(response)["source"] == {
        "pointer": "/data/relationships/discount-code",
        "source": "discount_code_id",
    }
    assert (uses.used_of(code), sale.taken(ticket)) == (0, 0)


def test_discount_code_of_another_event_is_invalid(sale: Sale) -> None:
    ticket, code = discounted(sale)
    foreign = DiscountCodeTicketFactory()
    response = sale.order(sale.attendee(ticket=ticket), payment_mode="bank", discount_code=foreign)
    assert (response.status_code, error(response)["detail"]) == (422, "Invalid Discount Code")
    assert uses.used_of(code) == 0


@pytest.mark.parametrize("person", ["coorganizer", "admin"])
def test_discount_code_of_the_team_is_ignored_and_not_consumed(sale: Sale, person: str) -> None:
    ticket, code = discounted(sale)
    seller = sale.person(person)
    people = [sale.attendee(user=seller, ticket=ticket)]
    order = attributes(sale.order(*people, user=seller, discount_code=code))
    assert (order["amount"], order["discount-code-id"], uses.used_of(code)) == (20, None, 0)


def test_unknown_discount_code_is_not_found(sale: Sale) -> None:
    response = sale.order(sale.attendee(), discount_code=987654)
    assert (response.status_code, error(response)["source"]) == (404, {"parameter": "discount_code_id"})
