"""Discount codes by id: changed and deleted, by those who may and as the rules allow."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.jsonapi import ActorRule
from app.tickets import code_rules, uses
from app.tickets.code_access import readable_discount_code
from app.tickets.models import DiscountCode
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.events import EventFactoryBasic, give_role
from tests.unittests.factories.tickets import DiscountCodeTicketFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of
from tests.unittests.tickets.code_documents import fault, paid_ticket, pointer

# Changed


def test_what_a_code_is_used_for_never_changes(api: ApiClient) -> None:
    code = DiscountCodeTicketFactory()
    user = role_of(code.event, "owner")
    change = document("discount-code", code.id, used_for="event")
    refused = api.patch(f"/v1/discount-codes/{code.id}", change, user=user)
    assert fault(refused) == (409, "Cannot modify discount code usage type", pointer("used-for"))
    same = document("discount-code", code.id, used_for="ticket", is_active=False)
    assert api.patch(f"/v1/discount-codes/{code.id}", same, user=user).status_code == 200


@pytest.mark.parametrize(
    ("stored", "change", "at"),
    [
        ({"max_quantity": 5}, {"min_quantity": 6}, "min-quantity"),
        ({"max_quantity": 5}, {"tickets_number": 4}, "tickets-number"),
        ({"value": Decimal(50), "type": "amount"}, {"value": 101, "type": "percent"}, "value"),
        ({"valid_from": "2030-01-02T00:00:00Z"}, {"valid_till": "2030-01-01T00:00:00Z"}, "valid-till"),
    ],
)
def test_change_is_checked_against_what_is_stored(
    api: ApiClient, stored: dict[str, Any], change: dict[str, Any], at: str
) -> None:
    code = DiscountCodeTicketFactory(**stored)
    refused = api.patch(
        f"/v1/discount-codes/{code.id}", document("discount-code", code.id, **change), user=role_of(code.event, "owner")
    )
    assert fault(refused)[0::2] == (422, pointer(at))


def test_code_stays_changeable_when_a_ticket_has_become_cheaper_or_free(api: ApiClient) -> None:
    ticket = paid_ticket()
    code = DiscountCodeTicketFactory(event=ticket.event, type="amount", value=Decimal(20), tickets=[ticket])
    ticket.price, ticket.type = Decimal(0), "free"
    user = role_of(ticket.event, "owner")
    off = document("discount-code", code.id, is_active=False)
    assert api.patch(f"/v1/discount-codes/{code.id}", off, user=user).status_code == 200
    more = document("discount-code", code.id, value=21)
    assert api.patch(f"/v1/discount-codes/{code.id}", more, user=user).status_code == 422


def test_number_is_never_lower_than_what_is_used(api: ApiClient) -> None:
    code = DiscountCodeTicketFactory(tickets_number=None)
    uses.take(code, 3)
    user = role_of(code.event, "coorganizer")
    path = f"/v1/discount-codes/{code.id}"
    refused = api.patch(path, document("discount-code", code.id, tickets_number=2), user=user)
    assert fault(refused)[0::2] == (409, pointer("tickets-number"))
    assert api.patch(path, document("discount-code", code.id, tickets_number=3), user=user).status_code == 200
    assert uses.left(code) == 0


# Deleted


def test_deleted_code_that_was_used_stays_on_record(api: ApiClient) -> None:
    code = DiscountCodeTicketFactory(tickets_number=5)
    uses.take(code, 1)
    path, user = f"/v1/discount-codes/{code.id}", role_of(code.event, "coorganizer")
    assert api.delete(f"{path}?permanent=true", user=user).status_code == 403
    refused = api.delete(f"{path}?permanent=true", user=AdminFactory())
    assert fault(refused)[0::2] == (409, {"parameter": "permanent"})
    assert api.delete(path, user=user).status_code == 200
    assert api.get(path, user=user).status_code == 404
    assert uses.left(code) == 4
    unused = DiscountCodeTicketFactory().id
    assert api.delete(f"/v1/discount-codes/{unused}?permanent=true", user=AdminFactory()).status_code == 200
    db.session.expunge_all()
    assert db.session.get(DiscountCode, unused) is None


def test_codes_that_nobody_used_are_deleted_for_good(api: ApiClient) -> None:
    event = EventFactoryBasic()
    used, _, named = (DiscountCodeTicketFactory(event=event, code=code) for code in ("used", "unused", "named"))
    kept = {used.id, DiscountCodeTicketFactory().id, named.id}
    uses.take(used, 1)
    path = f"/v1/events/{event.identifier}/discount-codes/delete-unused"
    assert api.delete(path).status_code == 401
    assert api.delete(path, user=role_of(event, "registrar")).status_code == 403
    code_rules.add_history(lambda model: model.code == "named")
    try:
        answer = api.delete(path, user=role_of(event, "coorganizer"))
        refused = api.delete(f"/v1/discount-codes/{named.id}?permanent=true", user=AdminFactory())
    finally:
        code_rules._histories.pop()
    assert (answer.status_code, answer.json) == (200, {"success": True, "deletes": 1})
    assert refused.status_code == 409
    assert set(db.session.scalars(select(DiscountCode.id))) == kept


def test_domain_above_shows_a_code_to_further_people(api: ApiClient) -> None:
    code = DiscountCodeTicketFactory()
    buyer = UserFactory()
    buyer_id = buyer.id
    readable_discount_code.show_to(ActorRule("buyer", lambda actor: actor.id == buyer_id, ""))
    try:
        assert api.get(f"/v1/discount-codes/{code.id}", user=buyer).status_code == 200
    finally:
        readable_discount_code._rules.pop()
    assert api.get(f"/v1/discount-codes/{code.id}", user=buyer).status_code == 403
    assert db.session.scalar(select(func.count()).select_from(DiscountCode)) == 1
    give_role(buyer, code.event, "organizer")
    assert api.get(f"/v1/discount-codes/{code.id}", user=buyer).status_code == 200
