"""What is told of tickets that cannot be ordered: nothing to those who may not know of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.unittests.factories.tickets import AccessCodeFactory, TicketFactory
from tests.unittests.orders.steps import Sale, error


def ask(sale: Sale, path: str, item: dict[str, Any], **members: Any) -> TestResponse:
    """POST the buyer's cart of one of the public ticket and an item."""
    items = [{"id": sale.ticket.id}, item]
    return sale.api.plain("POST", f"/v1/orders/{path}", {"tickets": items, **members}, user=sale.buyer)


@pytest.mark.parametrize("path", ["create-order", "calculate-amount"])
@pytest.mark.parametrize("offer", [{}, {"price": 1}, {"quantity": 99}])
def test_hidden_ticket_is_not_told_of_without_its_code(sale: Sale, path: str, offer: dict[str, Any]) -> None:
    sale.event.can_pay_by_bank = True
    prices = {"min_price": Decimal(7), "max_price": Decimal(77)}
    hidden = TicketFactory(event=sale.event, name="Backstage", is_hidden=True, type="donation", **prices)
    elsewhere = AccessCodeFactory(is_active=True)
    for members in ({}, {"access_code": elsewhere.id}):
        response = ask(sale, path, {"id": hidden.id} | offer, **members)
        assert response.status_code == 422
        assert error(response)["source"] == {"pointer": "/tickets/1", "id": str(hidden.id)}
        assert "access code" in error(response)["detail"]
        assert not any(told in response.text for told in ("Backstage", "7.000")), response.text


@pytest.mark.parametrize("path", ["create-order", "calculate-amount"])
@pytest.mark.parametrize(("price", "quantity"), [("9999999999.999", 1), ("9999999999.00", 2)])
def test_cart_that_costs_more_than_can_be_stored_is_refused(sale: Sale, path: str, price: str, quantity: int) -> None:
    sale.event.can_pay_by_bank = True
    ticket = TicketFactory(event=sale.event, type="paid", price=Decimal(price))
    response = ask(sale, path, {"id": ticket.id, "quantity": quantity})
    assert (response.status_code, error(response)["source"]) == (422, {"pointer": "/tickets/1", "id": str(ticket.id)})


def test_ticket_of_a_draft_beside_another_does_not_exist_for_outsiders(sale: Sale) -> None:
    draft = TicketFactory()
    draft.event.state = "draft"
    response = ask(sale, "calculate-amount", {"id": draft.id})
    assert (response.status_code, error(response)["detail"]) == (404, f"Tickets not found for IDs: {draft.id}")
