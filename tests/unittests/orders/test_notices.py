"""Who is notified of an order, and of what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text

from app.extensions import db
from app.messages.models import Notification
from app.orders.delivery_tasks import announce_cancellation, announce_purchase
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.users import UserFactory
from tests.unittests.orders.conftest import Deliver
from tests.unittests.orders.steps import Sale


def told() -> list[tuple[str, int]]:
    """Type and user of every notification."""
    rows = db.session.scalars(select(Notification))
    return sorted((row.content["type"], row.user_id) for row in rows)


def bought(sale: Sale) -> list[tuple[str, int]]:
    """What buyer and organizers are told of a purchase."""
    return [
        ("ticket_purchased", sale.buyer.id),
        ("ticket_purchased_organizer", sale.owner.id),
        ("ticket_purchased_organizer", sale.organizer.id),
    ]


def completed_order(sale: Sale, deliver: Deliver, **attendee: Any) -> str:
    """The id of an order that was placed by the buyer and is completed."""
    placed = sale.order(sale.attendee(**attendee))
    assert placed.status_code == 201
    deliver()
    order_id: str = placed.json["data"]["id"]  # type: ignore[index]
    return order_id


def test_purchase_is_told_to_buyer_owner_and_organizers(sale: Sale, deliver: Deliver) -> None:
    order_id = int(completed_order(sale, deliver))
    assert told() == sorted(bought(sale))
    content = db.session.scalars(select(Notification).where(Notification.user_id == sale.buyer.id)).one().content
    assert content["target_type"], content["target_id"] == ("Order", order_id)
    assert content["target_action"] == "purchased"
    assert content["actors"] == [{"id": sale.buyer.id, "name": sale.buyer.full_name}]
    assert content["order"]["id"] == order_id
    assert content["event"] == {"id": sale.event.id, "identifier": sale.event.identifier, "name": sale.event.name}


def test_purchase_is_told_to_attendees_with_an_account_of_a_proven_address(sale: Sale, deliver: Deliver) -> None:
    guest = UserFactory(email="Guest@example.com", is_verified=True)
    UserFactory(email="unproven@example.com", is_verified=False)
    people = [
        sale.attendee(email=email) for email in ("guest@example.com", "GUEST@example.com", "unproven@example.com")
    ]
    own = sale.attendee(email=sale.buyer.email)
    assert sale.order(*people, own).status_code == 201
    deliver()
    assert told() == sorted([*bought(sale), ("ticket_purchased_attendee", guest.id)])


def test_repeated_jobs_and_wanted_mails_tell_nobody_again(sale: Sale, deliver: Deliver, api: ApiClient) -> None:
    order_id = completed_order(sale, deliver)
    announce_purchase(int(order_id))
    assert told() == sorted(bought(sale))
    identifier = db.session.execute(text("SELECT identifier FROM orders WHERE id = :id"), {"id": order_id}).scalar()
    body = {"data": {"order": identifier}}
    assert api.plain("POST", "/v1/orders/resend-email", body, user=sale.organizer).status_code == 200
    deliver()
    assert told() == sorted(bought(sale))


def test_cancellation_is_told_once_to_buyer_owner_and_organizers(sale: Sale, deliver: Deliver, api: ApiClient) -> None:
    order_id = completed_order(sale, deliver)
    before = told()
    for _ in range(2):
        api.patch(f"/v1/orders/{order_id}", document("order", order_id, status="cancelled"), user=sale.organizer)
        deliver()
    cancelled = [
        ("ticket_cancelled", sale.buyer.id),
        ("ticket_cancelled_organizer", sale.organizer.id),
        ("ticket_cancelled_organizer", sale.owner.id),
    ]
    assert told() == sorted(before + cancelled)
    content = db.session.scalars(select(Notification).where(Notification.occasion.like("ticket_cancelled %"))).one()
    assert (content.content["target_action"], content.content["actors"]) == ("cancelled", [])


def test_order_that_was_cancelled_meanwhile_is_not_told_as_bought(sale: Sale, deliver: Deliver, api: ApiClient) -> None:
    placed = sale.order(sale.attendee())
    order_id = placed.json["data"]["id"]
    api.patch(f"/v1/orders/{order_id}", document("order", order_id, status="cancelled"), user=sale.buyer)
    deliver()
    assert {type_ for type_, _ in told()} == {"ticket_cancelled", "ticket_cancelled_organizer"}


def test_order_that_is_gone_is_told_to_nobody(sale: Sale) -> None:
    announce_purchase(1)
    announce_cancellation(1, "2030-01-01")
    assert told() == []


def test_deleted_accounts_are_told_nothing(sale: Sale, deliver: Deliver) -> None:
    sale.order(sale.attendee())
    sale.owner.deleted_at = sale.buyer.deleted_at = datetime.now(UTC)
    deliver()
    assert told() == [("ticket_purchased_organizer", sale.organizer.id)]
