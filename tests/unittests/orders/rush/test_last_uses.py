"""Two hundred clients at once want the last fifty uses of a code, each with a ticket of which there are plenty.

They want different tickets in turn: buyers of the same one queue up for its seats, and would not meet at the code.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import insert, select

from app.extensions import db
from app.orders.models import Attendee
from app.tickets.models import Ticket
from app.users.models import User
from bench.books import faults
from bench.client import JSON_API, Answer, Request
from bench.crowd import cart
from tests.unittests.client import document, linkage
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.tickets import AccessCodeFactory, DiscountCodeTicketFactory, TicketFactory
from tests.unittests.orders.rush.market import BUYERS, Market, without

USES, SEATS_EACH, KINDS = 50, 3, 20
WHOLE, REST = divmod(USES, SEATS_EACH)
FEWER = 2 * (WHOLE + 1)  # As many are enough to use a code twice as often as there are uses.
PRICE, REDUCTION = 20, 5


def new_code(market: Market, factory: Any, *, is_hidden: bool = False, **values: Any) -> tuple[int, list[int]]:
    """A code with its last uses and the ids of the tickets it is for."""
    with market.session():
        event = EventFactoryBasic(payment_currency="EUR", can_pay_by_bank=True)
        sold = {"event": event, "type": "paid", "price": Decimal(PRICE), "quantity": 1000, "is_hidden": is_hidden}
        tickets = [TicketFactory(**sold) for _ in range(KINDS)]
        code = factory(event=event, tickets=tickets, tickets_number=USES, **values)
        return code.id, [ticket.id for ticket in tickets]


def new_discount(market: Market) -> tuple[int, list[int]]:
    """A discount code by which each seat costs less."""
    return new_code(market, DiscountCodeTicketFactory, type="amount", value=Decimal(REDUCTION))


def carts(market: Market, ticket_ids: list[int], quantity: int, **code: int) -> list[Request]:
    """Everybody wants so many of one of the tickets, with the code."""
    return [
        cart(token, {"id": ticket_ids[number % KINDS], "quantity": quantity}, **code)
        for number, token in enumerate(market.tokens)
    ]


def orders_by_attendees(market: Market, code_id: int, tickets: list[int]) -> list[Request]:
    """Everybody has entered attendees for one of the tickets, and orders for them with the code."""
    with market.session():
        event = db.session.get_one(Ticket, tickets[0]).event
        people = db.session.scalars(select(User.id).order_by(User.id).limit(BUYERS)).all()
        rows = [
            {"identifier": f"{number:06}", "event_id": event.id, "ticket_id": tickets[number % KINDS],
             "created_by_id": user_id, "firstname": "Ada"}
            for number, user_id in enumerate(people) for _ in range(SEATS_EACH)
        ]  # fmt: skip
        made = db.session.scalars(insert(Attendee).returning(Attendee.id, sort_by_parameter_order=True), rows).all()
        return [
            _order(token, event, code_id, made[number * SEATS_EACH :][:SEATS_EACH])
            for number, token in enumerate(market.tokens)
        ]


def _order(token: str, event: Any, code_id: int, attendee_ids: Any) -> Request:
    linked = {
        "event": linkage("event", event),
        "attendees": linkage("attendee", *attendee_ids),
        "discount-code": linkage("discount-code", code_id),
    }
    body = orjson.dumps(document("order", relationships=linked, payment_mode="bank"))
    return Request("/v1/orders", "POST", body, (("Authorization", f"JWT {token}"), ("Content-Type", JSON_API)))


def used(market: Market, kind: str, code_id: int) -> int:
    """How often attendees come by the code, whatever is counted."""
    flag = "is_discount_applied" if kind == "discount" else "is_access_code_applied"
    statement = f"""SELECT count(*) FROM attendees JOIN orders ON orders.id = order_id
                    WHERE {kind}_code_id = %s AND {flag}"""
    number: int = market.ask(statement, code_id)[0]
    return number


def counted(market: Market, kind: str, code_id: int) -> int:
    """How often the code was used by the database's count."""
    number: int = market.ask(f"SELECT used FROM {kind}_code_uses WHERE {kind}_code_id = %s", code_id)[0]
    return number


def refusals(answered: list[Answer]) -> set[tuple[int, str, str]]:
    """Status, detail and pointer of each refusal."""
    errors = [error for each in answered if each.status >= 400 for error in each.json()["errors"]]
    return {(int(each["status"]), each["detail"], each["source"].get("pointer", "")) for each in errors}


def amounts(answered: list[Answer]) -> Counter[float]:
    """How many were charged each amount."""
    return Counter(each.json()["data"]["attributes"]["amount"] for each in answered if each.status < 400)


def test_without_the_guard_a_discount_is_given_too_often(unguarded: Market) -> None:
    code_id, tickets = new_discount(unguarded)
    wanted = carts(unguarded, tickets, SEATS_EACH, discount_code=code_id)
    unguarded.rush([without("uses")(each) for each in wanted[:FEWER]])
    assert used(unguarded, "discount", code_id) > USES
    assert "discount codes used too often" in faults(unguarded.url)


def test_discount_covers_its_last_uses_and_losers_are_told_that_it_is_used_up(market: Market) -> None:
    code_id, tickets = new_discount(market)
    answered = market.rush(carts(market, tickets, SEATS_EACH, discount_code=code_id))
    assert Counter(each.status for each in answered) == {200: WHOLE + 1, 422: BUYERS - WHOLE - 1}
    reduced = SEATS_EACH * (PRICE - REDUCTION)
    assert amounts(answered) == {reduced: WHOLE, SEATS_EACH * PRICE - REST * REDUCTION: 1}
    assert refusals(answered) == {(422, "Discount tickets sold out.", "discount_sold_out")}
    assert used(market, "discount", code_id) == counted(market, "discount", code_id) == USES
    assert faults(market.url) == {}


def test_without_the_guard_an_access_code_lets_too_many_in(unguarded: Market) -> None:
    code_id, tickets = new_code(unguarded, AccessCodeFactory, is_hidden=True)
    wanted = carts(unguarded, tickets, 1, access_code=code_id)
    unguarded.rush([without("uses")(each) for each in wanted])
    assert used(unguarded, "access", code_id) > USES
    assert "access codes used too often" in faults(unguarded.url)


def test_access_code_lets_as_many_in_as_it_may(market: Market) -> None:
    code_id, tickets = new_code(market, AccessCodeFactory, is_hidden=True)
    answered = market.rush(carts(market, tickets, 1, access_code=code_id))
    assert Counter(each.status for each in answered) == {200: USES, 422: BUYERS - USES}
    assert all("is exhausted, only 0 quantity is available" in detail for _, detail, _ in refusals(answered))
    assert {pointer for *_, pointer in refusals(answered)} == {"/data/relationships/access-code"}
    assert used(market, "access", code_id) == counted(market, "access", code_id) == USES
    assert faults(market.url) == {}


def test_without_the_guard_orders_for_attendees_use_a_discount_too_often(unguarded: Market) -> None:
    code_id, tickets = new_discount(unguarded)
    wanted = orders_by_attendees(unguarded, code_id, tickets)
    unguarded.rush([without("uses")(each) for each in wanted[:FEWER]])
    assert used(unguarded, "discount", code_id) > USES


def test_order_for_attendees_has_the_discount_for_all_of_them_or_is_refused(market: Market) -> None:
    code_id, tickets = new_discount(market)
    answered = market.rush(orders_by_attendees(market, code_id, tickets))
    assert Counter(each.status for each in answered) == {201: WHOLE, 422: BUYERS - WHOLE}
    assert amounts(answered) == {SEATS_EACH * (PRICE - REDUCTION): WHOLE}
    assert refusals(answered) == {(422, "Discount Usage Exceeded", "/data/relationships/discount-code")}
    assert used(market, "discount", code_id) == counted(market, "discount", code_id) == WHOLE * SEATS_EACH
    assert faults(market.url) == {}
