"""Changing orders: who may move which status where, what of a PATCH counts, and what follows once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.extensions import db
from app.orders.models import STATUSES, Attendee, Order
from app.orders.transitions import TRANSITIONS
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.orders import order_with_attendees
from tests.unittests.orders.steps import Sale, attributes, error, queued_jobs

ENDED = ("cancelled", "expired")


def placed(sale: Sale, status: str = "pending", number: int = 1, **values: Any) -> Order:
    """The buyer's order in this status, with or without its seats as the status says."""
    order: Order = order_with_attendees(sale.ticket, number, user=sale.buyer, status="pending", **values)
    order.status = status
    if status in ENDED:
        for attendee in db.session.scalars(select(Attendee).where(Attendee.order_id == order.id)):
            sale.api.delete(f"/v1/attendees/{attendee.id}", user=sale.owner)
    db.session.flush()
    return order


def patch(sale: Sale, order: Order, person: str | None, **attributes: Any) -> TestResponse:
    """PATCH these attributes as that person."""
    body = document("order", order.id, **attributes)
    return sale.api.patch(f"/v1/orders/{order.identifier}", body, user=sale.person(person))


# Who may


@pytest.mark.parametrize(
    ("person", "status"), [(None, 401), ("stranger", 403), ("registrar", 403), ("coorganizer", 200), ("admin", 200)]
)
def test_orders_are_changed_by_their_people_only(sale: Sale, person: str | None, status: int) -> None:
    assert patch(sale, placed(sale), person, cancel_note="Sorry").status_code == status


def test_attendee_reads_the_order_and_changes_nothing(sale: Sale) -> None:
    order = placed(sale)
    db.session.scalars(select(Attendee)).one().email = sale.stranger.email
    response = patch(sale, order, "stranger", status="cancelled")
    assert (response.status_code, error(response)["detail"]) == (403, "Access Forbidden")


@pytest.mark.parametrize("reference", ["id", "identifier"])
def test_order_is_changed_by_id_or_identifier_with_the_id_in_the_document(sale: Sale, reference: str) -> None:
    order = placed(sale)
    body = document("order", order.id, status="placed")
    response = sale.api.patch(f"/v1/orders/{getattr(order, reference)}", body, user=sale.owner)
    assert attributes(response)["status"] == "placed"


# The table of transitions, by what it should say

MOVES: dict[str, dict[str, str]] = {
    "buyer": {
        "initializing": "pending completed cancelled",  # The order is free and paid at once.
        "pending": "cancelled",
        "placed": "cancelled",
        "completed": "cancelled",
    },
    "coorganizer": {
        "initializing": "pending placed completed cancelled expired",
        "pending": "placed completed cancelled expired",
        "placed": "pending completed cancelled",
        "completed": "cancelled",
    },
    "admin": {
        "initializing": "pending placed completed cancelled expired",
        "pending": "initializing placed completed cancelled expired",
        "placed": "initializing pending completed cancelled expired",
        "completed": "initializing pending placed cancelled expired",
        "cancelled": "initializing pending placed completed",
        "expired": "initializing pending placed completed cancelled",
    },
}
CASES = [
    (person, origin, target, target in MOVES[person].get(origin, "").split())
    for person in MOVES
    for origin in STATUSES
    for target in STATUSES
    if origin != target
]


@pytest.mark.parametrize(("person", "origin", "target", "is_allowed"), CASES)
def test_status_moves_as_the_table_says(sale: Sale, person: str, origin: str, target: str, is_allowed: bool) -> None:
    order = placed(sale, origin)
    response = patch(sale, order, person, status=target)
    assert response.status_code == (200 if is_allowed else 403), response.json
    db.session.refresh(order)
    assert order.status == (target if is_allowed else origin)
    assert sale.taken() == (order.status not in ENDED)


def test_every_row_of_the_table_is_reached_by_a_case() -> None:
    moves = {(origin, target) for row in TRANSITIONS for origin in row.origins for target in row.targets}
    tried = {(origin, target) for _, origin, target, is_allowed in CASES if is_allowed}
    assert {(origin, target) for origin, target in moves if origin != target} == tried


PAID = {"amount": Decimal(20), "payment_mode": "stripe"}


@pytest.mark.parametrize("status", ["initializing", "pending", "placed"])
def test_buyer_never_completes_a_paid_order(sale: Sale, status: str) -> None:
    order = placed(sale, status, **PAID)
    for sent in (
        {"status": "completed"},
        {"amount": 0, "payment_mode": "free", "status": "completed"},
        {"payment_mode": "free", "status": "completed"},
        {"status": "completed", "paid_via": "stripe", "transaction_id": "t"},
        {"status": "placed"},
    ):
        assert patch(sale, order, "buyer", **sent).status_code in (403, 422)
    db.session.refresh(order)
    assert (order.status, order.amount, order.payment_mode) == (status, 20, "stripe")


def test_buyer_places_an_order_that_is_paid_later(sale: Sale) -> None:
    sale.event.can_pay_by_bank = True
    order = placed(sale, "initializing", amount=Decimal(20), payment_mode="free")
    assert attributes(patch(sale, order, "buyer", payment_mode="bank", status="placed"))["status"] == "placed"


def test_buyer_cancels_no_order_that_is_paid(sale: Sale) -> None:
    assert patch(sale, placed(sale, "completed", **PAID), "buyer", status="cancelled").status_code == 403
    assert patch(sale, placed(sale, "pending", **PAID), "buyer", status="cancelled").status_code == 200


def test_team_completes_a_provider_order_only_with_a_recorded_payment(sale: Sale) -> None:
    order = placed(sale, **PAID)
    response = patch(sale, order, "owner", status="completed")
    assert (response.status_code, error(response)["detail"]) == (422, "insufficient data to verify stripe payment")
    assert error(response)["source"] == {"pointer": "/data/attributes/payment-mode"}
    for name in ("paid_via", "transaction_id", "brand", "last4", "exp_month", "exp_year"):
        setattr(order, name, "1")
    assert patch(sale, order, "owner", status="completed").status_code == 200


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        ("completed", "You cannot update the status of a completed paid order"),
        ("cancelled", "You cannot update the status of a cancelled order"),
        ("expired", "You cannot update the status of an expired order"),
    ],
)
def test_team_is_told_why_a_status_stays(sale: Sale, status: str, detail: str) -> None:
    response = patch(sale, placed(sale, status, **PAID), "owner", status="pending")
    assert (response.status_code, error(response)["detail"]) == (403, detail)


# What of a PATCH counts


def test_team_changes_status_and_note_and_the_rest_is_ignored(sale: Sale) -> None:
    sent = {"status": "placed", "cancel_note": "Soon", "amount": 99, "address": "x", "payment_mode": "bank"}
    order = attributes(patch(sale, placed(sale), "coorganizer", **sent))
    assert [order[name] for name in ("status", "cancel-note", "amount", "address", "payment-mode")] == [
        "placed", "Soon", 0, None, "free",
    ]  # fmt: skip


def test_admin_changes_nearly_everything(sale: Sale) -> None:
    sent = {"amount": 12, "payment_mode": "bank", "address": "Main St", "order_notes": "vip", "identifier": "mine"}
    order = attributes(patch(sale, placed(sale), "admin", **sent))
    assert [order[name] for name in ("amount", "payment-mode", "address", "order-notes")] == [
        12,
        "bank",
        "Main St",
        "vip",
    ]
    assert order["identifier"] != "mine"


def test_even_an_admin_keeps_no_price_without_a_way_to_pay_it(sale: Sale) -> None:
    response = patch(sale, placed(sale), "admin", amount=12)
    assert (response.status_code, error(response)["source"]["pointer"]) == (422, "/data/attributes/payment-mode")


@pytest.mark.parametrize("status", ["pending", "placed", "completed", "cancelled", "expired"])
def test_buyer_changes_nothing_once_the_order_is_placed(sale: Sale, status: str) -> None:
    order = placed(sale, status)
    for sent in ({"address": "x"}, {"status": "initializing"}, {}):
        assert patch(sale, order, "buyer", **sent).status_code == 403


def test_buyer_fills_in_an_order_that_is_being_made(sale: Sale) -> None:
    sent = {"address": "Main St", "company": "ACME", "tax_business_info": "DE1", "payment_mode": None}
    order = attributes(patch(sale, placed(sale, "initializing"), "buyer", status="pending", **sent))
    assert (order["status"], order["address"], order["company"], order["payment-mode"]) == (
        "pending",
        "Main St",
        "ACME",
        "free",
    )


@pytest.mark.parametrize("sent", [{"amount": 5}, {"cancel_note": "x"}])
def test_buyer_is_refused_what_is_not_theirs(sale: Sale, sent: dict[str, Any]) -> None:
    response = patch(sale, placed(sale, "initializing"), "buyer", **sent)
    name = next(iter(sent)).replace("_", "-")
    assert (response.status_code, error(response)["detail"]) == (403, f"You cannot update {name} of an order")


def test_values_that_are_sent_unchanged_are_fine(sale: Sale) -> None:
    order = placed(sale, "initializing")
    sent = {"amount": 0, "cancel_note": None, "status": "initializing", "completed_at": None, "identifier": "x"}
    assert patch(sale, order, "buyer", **sent).status_code == 200


def test_cancelling_drops_all_other_attributes(sale: Sale) -> None:
    order = attributes(patch(sale, placed(sale), "buyer", status="cancelled", address="x", amount=3, cancel_note="y"))
    assert [order[name] for name in ("status", "address", "amount", "cancel-note")] == ["cancelled", None, 0, None]


def test_relationships_in_a_patch_are_ignored(sale: Sale) -> None:
    order, other = placed(sale, "initializing"), Sale(sale.api)
    relationships = {"event": linkage("event", other.event), "attendees": [], "user": linkage("user", other.buyer)}
    body = document("order", order.id, relationships=relationships)
    assert sale.api.patch(f"/v1/orders/{order.id}", body, user=sale.buyer).status_code == 200
    db.session.refresh(order)
    assert (order.event_id, order.user_id) == (sale.event.id, sale.buyer.id)
    assert db.session.scalars(select(Attendee.order_id)).one() == order.id


def test_billing_is_complete_where_the_organizer_needs_it(sale: Sale) -> None:
    sale.event.can_pay_by_bank = sale.event.is_billing_info_mandatory = True
    order = placed(sale, "initializing", amount=Decimal(5), payment_mode="bank")
    response = patch(sale, order, "buyer", status="placed", address="x")
    assert error(response)["detail"] == "Billing information is mandatory for this order"
    response = patch(sale, order, "buyer", status="placed", is_billing_enabled=True, address="x")
    assert error(response)["detail"] == "Billing information incomplete"
    whole = {"company": "A", "address": "B", "city": "C", "zipcode": "D", "country": "E", "is_billing_enabled": True}
    assert patch(sale, order, "buyer", status="placed", **whole).status_code == 200


# What follows, once


def test_cancelling_frees_the_seats_once_and_removes_the_attendees(sale: Sale) -> None:
    order = placed(sale, number=3)
    for _ in range(2):
        assert patch(sale, order, "coorganizer", status="cancelled", cancel_note="No venue").status_code == 200
    assert sale.taken() == 0
    assert all(db.session.scalars(select(Attendee.deleted_at)))
    jobs = ["announce_cancellation", *["send_cancellation"] * 4]  # Mails go to the buyer and three attendees.
    assert sorted(queued_jobs()) == jobs


def test_seat_of_an_attendee_who_was_removed_before_is_not_freed_again(sale: Sale) -> None:
    order = placed(sale, number=3)
    removed = db.session.scalars(select(Attendee).limit(1)).one()
    assert sale.api.delete(f"/v1/attendees/{removed.id}", user=sale.owner).status_code == 200
    assert sale.taken() == 2
    patch(sale, order, "owner", status="cancelled")
    assert sale.taken() == 0


def test_completing_notes_the_time_and_has_tickets_made_once(sale: Sale) -> None:
    order = placed(sale)
    done = attributes(patch(sale, order, "owner", status="completed"))
    assert done["completed-at"]
    assert queued_jobs() == ["write_papers"]
    again = attributes(patch(sale, order, "owner", status="completed", cancel_note="thanks"))
    assert (again["completed-at"], queued_jobs()) == (done["completed-at"], ["write_papers"])


def test_admin_revives_a_cancelled_order_while_there_are_seats(sale: Sale) -> None:
    order = placed(sale, number=2)
    patch(sale, order, "admin", status="cancelled")
    assert patch(sale, order, "admin", status="pending").status_code == 200
    assert (sale.taken(), list(db.session.scalars(select(Attendee.deleted_at)))) == (2, [None, None])


def test_seats_sold_meanwhile_do_not_come_back(sale: Sale) -> None:
    sale.ticket.quantity = 10
    order = placed(sale, number=9)
    patch(sale, order, "admin", status="cancelled")
    order_with_attendees(sale.ticket, 2)
    response = patch(sale, order, "admin", status="pending")
    assert (response.status_code, sale.taken()) == (409, 2)


def test_completion_is_left_alone_where_the_order_ended_meanwhile(api: ApiClient) -> None:
    sale = Sale(api)
    response = sale.order(sale.attendee())
    order = db.session.scalars(select(Order)).one()
    assert response.status_code == 201
    assert patch(sale, order, "buyer", status="cancelled").status_code == 200
    assert "complete_free_order" in queued_jobs()


# Deleting


@pytest.mark.parametrize(("person", "status"), [(None, 401), ("buyer", 403), ("owner", 403), ("admin", 200)])
def test_orders_are_deleted_by_admins_only(sale: Sale, person: str | None, status: int) -> None:
    order = placed(sale)
    assert sale.api.delete(f"/v1/orders/{order.id}", user=sale.person(person)).status_code == status


def test_deleted_order_is_gone_with_its_attendees_and_its_people_are_told(sale: Sale) -> None:
    order = placed(sale, "completed", number=2)
    body = document("order", order.id, cancel_note="Wrong event")
    assert sale.api.delete(f"/v1/orders/{order.identifier}", body, user=sale.admin).status_code == 200
    assert sale.api.get(f"/v1/orders/{order.identifier}", user=sale.buyer).status_code == 404
    db.session.refresh(order)
    assert (order.cancel_note, sale.taken(), queued_jobs()) == (
        "Wrong event",
        0,
        ["send_cancellation"] * 3 + ["announce_cancellation"],
    )
    assert sale.api.get(f"/v1/events/{sale.event.id}/orders", user=sale.owner).json["meta"]["count"] == 0


def test_order_deleted_for_good_takes_its_rows_along(sale: Sale) -> None:
    order = placed(sale)
    assert patch(sale, order, "admin", status="cancelled").status_code == 200
    response = sale.api.delete(f"/v1/orders/{order.id}", user=sale.admin, query={"permanent": "true"})
    assert response.status_code == 200, response.json
    assert (sale.taken(), db.session.scalars(select(Attendee)).all()) == (0, [])
