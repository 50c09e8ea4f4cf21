"""What the mails about orders say and who gets none, and how often they can be asked for again."""

from __future__ import annotations

from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from app.extensions import db
from app.orders import expiry
from app.orders.models import ONSITE_EMAIL, Attendee, Order
from app.users.tokens import access_token
from config import load
from tests.unittests.client import document, linkage
from tests.unittests.factories.events import in_days
from tests.unittests.factories.orders import order_with_attendees
from tests.unittests.orders.conftest import Deliver
from tests.unittests.orders.steps import Sale, queued_jobs
from tests.unittests.orders.test_invoices import bought
from tests.unittests.orders.test_order_papers import addressed, html_of, receipt, resend


def text_part(mail: EmailMessage) -> str:
    """The plain text of a mail, its lines one blank apart."""
    body = mail.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    return " ".join(str(body.get_content()).split())


def test_every_mail_has_a_text_part_that_says_the_same_without_markup(sale: Sale, deliver: Deliver) -> None:
    sale.event.name = "Fish & <b>Chips</b>"
    order = order_with_attendees(sale.ticket, 1, user=sale.buyer, status="pending", amount=Decimal(10), currency="EUR")
    attendee = db.session.scalars(select(Attendee)).one()
    attendee.firstname, attendee.lastname, attendee.email = "Ann", "<i>O'Neil</i>", "ann@example.com"
    for status in ("placed", "cancelled"):
        body = document("order", order.id, status=status, cancel_note="Flood <in> the hall")
        assert sale.api.patch(f"/v1/orders/{order.id}", body, user=sale.owner).status_code == 200
    messages = deliver()
    # Those of the purchase find an order that is cancelled meanwhile, and do not leave.
    assert addressed(messages) == sorted(["ann@example.com", sale.buyer.email])
    for mail in messages:
        assert "Fish & <b>Chips</b>" in text_part(mail)
        assert "Message from the organizer: Flood <in> the hall" in text_part(mail)
        assert "<b>Chips" not in html_of(mail)
    assert "Hello Ann <i>O'Neil</i>, the order" in text_part(messages[0])


def test_expiry_is_told_to_the_buyer_alone_and_once(sale: Sale, deliver: Deliver) -> None:
    order = order_with_attendees(sale.ticket, 2, user=sale.buyer, status="pending", expires_at=in_days(-1))
    assert expiry.expire_orders() == 1
    expiry.expire_orders()
    (mail,) = deliver()
    assert addressed([mail]) == [sale.buyer.email]
    assert mail["Subject"] == f"Your order for {sale.event.name} has expired"
    assert "The time to complete the order below is over." in text_part(mail)
    assert f"Order {order.invoice_number}" in text_part(mail)
    assert f"https://www.example.com/e/{sale.event.identifier}" in html_of(mail)


def test_expiry_of_an_order_that_was_taken_up_again_is_not_told(sale: Sale, deliver: Deliver) -> None:
    order = order_with_attendees(sale.ticket, 1, user=sale.buyer, status="pending", expires_at=in_days(-1))
    expiry.expire_orders()
    body = document("order", order.id, status="pending")
    assert sale.api.patch(f"/v1/orders/{order.id}", body, user=sale.admin).status_code == 200
    assert "expired" not in " ".join(str(mail["Subject"]) for mail in deliver())


def test_nameless_attendees_at_the_door_get_no_mail(sale: Sale, deliver: Deliver) -> None:
    tickets = [{"id": sale.ticket.id, "quantity": 2}]
    body = document("order", relationships={"event": linkage("event", sale.event)}, on_site_tickets=tickets)
    made = sale.api.post("/v1/orders", body, user=sale.organizer, query={"onsite": "true"})
    assert made.status_code == 201, made.json
    messages = deliver()
    assert db.session.scalars(select(Attendee.email)).all() == [ONSITE_EMAIL] * 2
    assert addressed(messages) == sorted([sale.organizer.email, sale.owner.email])
    cancelled = document("order", made.json["data"]["id"], status="cancelled")
    assert sale.api.patch(f"/v1/orders/{made.json['data']['id']}", cancelled, user=sale.owner).status_code == 200
    assert ONSITE_EMAIL not in addressed(deliver())


def test_order_of_five_hundred_seats_leaves_its_papers_to_one_job(sale: Sale, deliver: Deliver, tmp_path: Path) -> None:
    sale.ticket.quantity = sale.ticket.max_order = 500
    order = bought(sale, (sale.ticket, 500))
    assert (order.status, queued_jobs()) == ("completed", ["write_papers"])
    assert not (tmp_path / "files").exists()
    db.session.execute(text("DELETE FROM procrastinate_jobs"))


# Sending again


@pytest.fixture
def sold(sale: Sale, deliver: Deliver) -> Sale:
    """A completed order of the buyer for two attendees."""
    order_with_attendees(sale.ticket, 2, user=sale.buyer, status="completed")
    return sale


def identifier() -> str:
    return db.session.scalars(select(Order.identifier)).one()


def ask(sold: Sale, user: Any, times: int) -> list[int]:
    """The answers to asking so often for mails again."""
    return [resend(sold, sold.owner, order=identifier(), user=user).status_code for _ in range(times)]


def test_sending_again_is_limited_everywhere_alike(sold: Sale, tmp_path: Path) -> None:
    strict = {"ENVIRONMENT": "production", "DATABASE_URL": "postgresql://x/y", "SECRET_KEY": "s" * 32}
    for environment in ({"DATA_DIR": str(tmp_path)}, {"DATA_DIR": str(tmp_path), "ENVIRONMENT": "testing"}, strict):
        assert load(environment)["RATE_LIMIT_RESEND"] == "5 per minute; 30 per hour"
    assert ask(sold, sold.buyer.email, 6) == [200] * 5 + [429]
    refused = resend(sold, sold.owner, order=identifier(), user=sold.buyer.email)
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert refused.json["errors"][0]["title"] == "Too Many Requests"


def test_each_person_has_a_limit_of_their_own(sold: Sale) -> None:
    email = db.session.scalars(select(Attendee.email).order_by(Attendee.id)).first()
    assert ask(sold, sold.buyer.email.upper(), 6)[-1] == 429
    assert ask(sold, email, 5) == [200] * 5


def test_made_up_people_do_not_escape_the_buyers_limit(sold: Sale) -> None:
    statuses = [ask(sold, person, 1)[0] for person in (None, 5, "", "a@x.org", "b@x.org", "c@x.org")]
    assert statuses == [200] * 5 + [429]


def test_what_is_refused_does_not_count(sold: Sale) -> None:
    for _ in range(6):
        assert resend(sold, sold.stranger, order=identifier(), user=sold.buyer.email).status_code == 403
    assert ask(sold, sold.buyer.email, 1) == [200]


def test_one_network_address_is_limited_too(sold: Sale, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sold.api.app.config, "RATE_LIMIT_RESEND_ADDRESS", "2 per hour")
    other = {"REMOTE_ADDR": "203.0.113.9"}
    db.session.commit()
    emails = [sold.buyer.email, *db.session.scalars(select(Attendee.email))]
    statuses = [
        sold.api.app.test_client()
        .post(
            "/v1/orders/resend-email",
            json={"data": {"order": identifier(), "user": email}},
            headers={"Authorization": f"JWT {access_token(sold.owner)}"},
            environ_overrides=other,
        )
        .status_code
        for email in emails
    ]
    assert statuses == [200, 200, 429]


def test_receipts_of_an_order_are_limited(sold: Sale) -> None:
    people = [sold.buyer, sold.registrar, sold.owner, sold.buyer, sold.buyer, sold.buyer]
    assert [receipt(sold, person, identifier()).status_code for person in people] == [200] * 5 + [429]
    other = order_with_attendees(sold.ticket, 1, user=sold.buyer, status="completed")
    assert receipt(sold, sold.buyer, other.identifier).status_code == 200
