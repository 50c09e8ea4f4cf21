"""Tickets and summaries: what is in them, who gets them, by file and by mail."""

from __future__ import annotations

import re
import uuid
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.adapters.storage import storage
from app.extensions import db
from app.messages.models import SentMail
from app.orders import mails, papers
from app.orders.models import Attendee, Order
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.orders import AttendeeFactory, order_with_attendees
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import UserFactory
from tests.unittests.orders.conftest import Deliver
from tests.unittests.orders.steps import Sale, attributes, error


def text_of(pdf: bytes) -> str:
    """The words of a PDF, one blank apart."""
    pages = PdfReader(BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def html_of(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


def links_in(mail: EmailMessage) -> list[str]:
    """The paths of the files a mail leads to."""
    return re.findall(r'href="[^"]*?(/files/[^"]+)"', html_of(mail))


def the_order() -> Order:
    return db.session.scalars(select(Order)).one()


def addressed(messages: list[EmailMessage]) -> list[str]:
    """To whom the mails are addressed, in small letters."""
    return sorted(message["To"].addresses[0].addr_spec.lower() for message in messages)


# Completion


def test_free_order_is_completed_with_a_ticket_for_each_attendee(sale: Sale, deliver: Deliver) -> None:
    people = [sale.attendee(firstname="Grace", lastname="Hopper"), sale.attendee(firstname="Mary", lastname="Keller")]
    address = sale.order(*people).headers["Location"]
    assert attributes(sale.api.get(f"/v1/attendees/{people[0].id}", user=sale.buyer))["pdf-url"] is None
    deliver()
    order = attributes(sale.api.get(address, user=sale.buyer))
    assert order["status"] == "completed"
    assert order["completed-at"]
    assert order["tickets-pdf-url"].endswith(f"{address}/tickets-pdf")
    for person, name in zip(people, ("Grace Hopper", "Mary Keller"), strict=True):
        url = attributes(sale.api.get(f"/v1/attendees/{person.id}", user=sale.buyer))["pdf-url"]
        assert url.endswith(f"/v1/orders/attendees/{person.id}.pdf")
        response = sale.api.get(url[url.index("/v1") :], user=sale.buyer)
        assert response.content_type == "application/pdf"
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert name in text_of(response.data)


def test_ticket_tells_event_time_place_order_and_code(sale: Sale, deliver: Deliver) -> None:
    sale.event.name, sale.event.location_name, sale.event.timezone = "FOSSASIA Summit", "Eunos Road 8", "Asia/Kolkata"
    attendee = sale.attendee()
    address = sale.order(attendee).headers["Location"]
    deliver()
    words = text_of(sale.api.get(f"/v1/orders/attendees/{attendee.id}.pdf", user=sale.buyer).data)
    order = attributes(sale.api.get(address, user=sale.buyer))
    for expected in ("FOSSASIA Summit", "Eunos Road 8", "(Asia/Kolkata)", order["invoice-number"], attendee.identifier):
        assert expected in words
    assert order["identifier"] in words.replace(" ", "")


def test_summary_tells_lines_and_all_attendees(sale: Sale, deliver: Deliver) -> None:
    other = TicketFactory(event=sale.event, name="Workshop")
    address = sale.order(sale.attendee(firstname="Ann"), sale.attendee(firstname="Bob", ticket=other)).headers[
        "Location"
    ]
    deliver()
    words = text_of(sale.api.get(f"{address}/tickets-pdf", user=sale.buyer).data)
    for expected in ("Ann", "Bob", "Workshop", sale.ticket.name, "Free", sale.buyer.full_name):
        assert expected in words


@pytest.mark.parametrize(
    "name",
    ["Ångström Żółć Đỗ", "Ωραία Ελένη", "Фёдор Достоевский", "محمد عبد الله", "דוד בן גוריון", "अमृता प्रीतम", "王小明",
     "山田 はなこ", "김민수", "👩‍🚀 Ride"],
)  # fmt: skip
def test_names_in_any_script_make_a_ticket(sale: Sale, deliver: Deliver, name: str) -> None:
    attendee = sale.attendee(firstname=name, lastname=None)
    sale.order(attendee)
    assert name in html_of(deliver()[0]) or name in html_of(deliver()[1])
    assert sale.api.get(f"/v1/orders/attendees/{attendee.id}.pdf", user=sale.buyer).data.startswith(b"%PDF")


def test_markup_in_names_stays_text(sale: Sale, deliver: Deliver) -> None:
    sale.event.name = "<b>Bold</b> & Co"
    attendee = sale.attendee(firstname="<img src=x>", lastname="{{ 7 * 7 }}", email="x@example.com")
    sale.order(attendee)
    messages = deliver()
    assert all("<img src=x>" not in html_of(message) for message in messages)
    assert messages[-1]["Subject"].endswith("<b>Bold</b> & Co")
    assert "{{ 7 * 7 }}" in text_of(sale.api.get(f"/v1/orders/attendees/{attendee.id}.pdf", user=sale.buyer).data)


# Mails


def test_everybody_gets_one_mail(sale: Sale, deliver: Deliver) -> None:
    people = [
        sale.attendee(email="ann@example.com"),
        sale.attendee(email="Ann@Example.com"),
        sale.attendee(email="bob@example.com"),
        sale.attendee(email=sale.buyer.email.upper()),
        sale.attendee(email=None),
    ]
    sale.order(*people)
    messages = deliver()
    assert addressed(messages) == sorted(["ann@example.com", "bob@example.com", sale.buyer.email, sale.owner.email])
    by_address = dict(zip([m["To"].addresses[0].addr_spec.lower() for m in messages], messages, strict=True))
    assert len(links_in(by_address["ann@example.com"])) == 2
    assert len(links_in(by_address["bob@example.com"])) == 1
    assert len(links_in(by_address[sale.buyer.email])) == 5


def test_buyers_mail_brings_the_summary_and_leads_to_the_order(sale: Sale, deliver: Deliver) -> None:
    address = sale.order(sale.attendee()).headers["Location"]
    (mail,) = [message for message in deliver() if message["To"].addresses[0].addr_spec == sale.buyer.email]
    (attachment,) = mail.iter_attachments()
    assert attachment.get_content_type() == "application/pdf"
    assert the_order().invoice_number in text_of(attachment.get_content())
    assert f"https://www.example.com{address.removeprefix('/v1')}/view" in html_of(mail)


def test_link_in_the_mail_opens_the_ticket_without_an_account(sale: Sale, deliver: Deliver) -> None:
    sale.order(sale.attendee(firstname="Ann", email="ann@example.com"))
    (mail,) = [message for message in deliver() if message["To"].addresses[0].addr_spec == "ann@example.com"]
    (link,) = links_in(mail)
    response = sale.api.get(link)
    assert response.status_code == 200
    assert "Ann" in text_of(response.data)
    assert sale.api.get(link[:-2] + "AA").status_code == 404


def test_team_is_told_by_one_mail_that_shows_no_other_address(sale: Sale, deliver: Deliver) -> None:
    sale.order(sale.attendee())
    (mail,) = [message for message in deliver() if message["To"].addresses[0].addr_spec == sale.owner.email]
    # Where there is no mail server the blind copies are noted in the file.
    blind = {mailbox.addr_spec for mailbox in mail["Bcc"].addresses}
    assert blind == {sale.organizer.email, sale.coorganizer.email}
    assert sale.organizer.email not in html_of(mail)


def test_cancellation_tells_buyer_and_attendees_with_the_note(sale: Sale, deliver: Deliver) -> None:
    order = order_with_attendees(sale.ticket, 2, user=sale.buyer, status="completed")
    body = document("order", order.id, status="cancelled", cancel_note="Flood <in> the hall")
    assert sale.api.patch(f"/v1/orders/{order.id}", body, user=sale.owner).status_code == 200
    emails = list(db.session.scalars(select(Attendee.email)))
    messages = deliver()
    assert addressed(messages) == sorted([sale.buyer.email, *emails])
    assert all("Message from the organizer: Flood &lt;in&gt; the hall" in html_of(message) for message in messages)


def test_deletion_tells_buyer_and_attendees_with_the_note(sale: Sale, deliver: Deliver) -> None:
    order = order_with_attendees(sale.ticket, 1, user=sale.buyer, status="completed")
    sale.api.delete(f"/v1/orders/{order.id}", document("order", order.id, cancel_note="Fraud"), user=sale.admin)
    assert ["Fraud" in html_of(message) for message in deliver()] == [True, True]


# Once


def test_jobs_that_run_twice_make_one_file_and_one_mail(sale: Sale, deliver: Deliver) -> None:
    sale.order(sale.attendee())
    before = {message["Message-ID"]: message["Date"] for message in deliver()}
    order, files = the_order(), [attendee.pdf_key for attendee in db.session.scalars(select(Attendee))]
    assert papers.write_papers(order.id) is not None
    for attendee_id in mails.attendees_to_mail(order):
        mails.send_attendee_tickets(order.id, attendee_id, None)
    mails.send_summary(order.id, None)
    mails.send_organizer_notice(order.id)
    assert {message["Message-ID"]: message["Date"] for message in deliver()} == before
    assert [attendee.pdf_key for attendee in db.session.scalars(select(Attendee))] == files
    assert db.session.scalar(select(func.count()).select_from(SentMail)) == len(before)


def test_papers_of_an_order_that_was_cancelled_meanwhile_are_not_sent(sale: Sale, deliver: Deliver) -> None:
    order = order_with_attendees(sale.ticket, 1, user=sale.buyer, status="completed")
    order.status = "cancelled"
    db.session.flush()
    assert papers.write_papers(order.id) is None
    mails.send_summary(order.id, None)
    mails.send_organizer_notice(order.id)
    assert deliver() == []


def test_placed_order_that_is_completed_later_is_mailed_once(sale: Sale, deliver: Deliver) -> None:
    order = order_with_attendees(sale.ticket, 1, user=sale.buyer)
    path = f"/v1/orders/{order.id}"
    sale.api.patch(path, document("order", order.id, status="placed"), user=sale.owner)
    before = {message["Message-ID"]: message["Date"] for message in deliver()}
    sale.api.patch(path, document("order", order.id, status="completed"), user=sale.owner)
    assert {message["Message-ID"]: message["Date"] for message in deliver()} == before


# Files


@pytest.fixture
def sold(sale: Sale, deliver: Deliver) -> Sale:
    """A completed order of the buyer for somebody with an account and somebody without."""
    sale.attendee_user = UserFactory(email="grace@example.com")  # type: ignore[attr-defined]
    order = order_with_attendees(sale.ticket, 1, user=sale.buyer, status="completed")
    AttendeeFactory(order=order, ticket=sale.ticket, email="grace@example.com", firstname="Grace", lastname="Hopper")
    return sale


PEOPLE = [
    (None, 401), ("stranger", 403), ("registrar", 403), ("attendee", 200), ("buyer", 200), ("coorganizer", 200),
    ("owner", 200), ("admin", 200),
]  # fmt: skip


def fetch(sold: Sale, path: str, name: str | None) -> TestResponse:
    user = sold.attendee_user if name == "attendee" else sold.person(name)  # type: ignore[attr-defined]
    return sold.api.get(path, user=user)


@pytest.mark.parametrize(("name", "status"), PEOPLE)
def test_files_are_for_buyer_attendee_and_team(sold: Sale, name: str | None, status: int) -> None:
    identifier = the_order().identifier
    attendee = db.session.scalars(
        select(Attendee).where(Attendee.firstname == "Grace", Attendee.lastname == "Hopper")
    ).one()
    paths = (
        f"/v1/orders/attendees/{attendee.id}.pdf",
        f"/v1/orders/{identifier}/tickets-pdf",
        f"/v1/tickets/{identifier}",
    )
    for path in paths:
        response = fetch(sold, path, name)
        assert response.status_code == status, path
        if status == 403:
            assert error(response)["detail"] == "Unauthorized Access"
        if status == 200:
            assert response.data.startswith(b"%PDF")


def test_attendee_gets_no_ticket_of_others(sold: Sale) -> None:
    other = db.session.scalars(select(Attendee).where(Attendee.email != "grace@example.com")).one()
    other.firstname = "Zacharias"
    assert fetch(sold, f"/v1/orders/attendees/{other.id}.pdf", "attendee").status_code == 403
    words = text_of(fetch(sold, f"/v1/orders/{the_order().identifier}/tickets-pdf", "attendee").data)
    assert "Grace Hopper" in words
    assert "Zacharias" not in words
    assert "Zacharias" in text_of(fetch(sold, f"/v1/orders/{the_order().identifier}/tickets-pdf", "buyer").data)


def test_attendee_needs_a_verified_address(sold: Sale) -> None:
    sold.attendee_user.is_verified = False  # type: ignore[attr-defined]
    assert fetch(sold, f"/v1/tickets/{the_order().identifier}", "attendee").status_code == 403


@pytest.mark.parametrize("status", ["initializing", "pending", "cancelled", "expired"])
def test_order_that_is_not_sold_has_no_files(sold: Sale, status: str) -> None:
    the_order().status = status
    attendee = db.session.scalars(select(Attendee).limit(1)).one()
    assert fetch(sold, f"/v1/tickets/{the_order().identifier}", "buyer").status_code == 409
    assert fetch(sold, f"/v1/orders/attendees/{attendee.id}.pdf", "buyer").status_code == 409


@pytest.mark.parametrize("path", ["/v1/orders/attendees/999999.pdf", "/v1/orders/attendees/x.pdf", "/v1/orders/x/tickets-pdf", f"/v1/tickets/{uuid.UUID(int=1)}"])  # fmt: skip
def test_files_of_nothing_are_not_found(sold: Sale, path: str) -> None:
    assert fetch(sold, path, "buyer").status_code == 404
    assert fetch(sold, path, None).status_code == 401


def test_attendee_without_an_order_has_no_ticket(sold: Sale) -> None:
    assert fetch(sold, f"/v1/orders/attendees/{sold.attendee().id}.pdf", "buyer").status_code == 404


def test_ticket_of_the_event_keeps_its_address(sold: Sale) -> None:
    assert attributes(fetch(sold, f"/v1/tickets/{sold.ticket.id}", None))["name"] == sold.ticket.name


def test_missing_file_is_made_again(sold: Sale) -> None:
    path = f"/v1/orders/{the_order().identifier}/tickets-pdf"
    assert fetch(sold, path, "buyer").status_code == 200
    storage().delete(the_order().tickets_pdf_key or "")
    assert fetch(sold, path, "buyer").status_code == 200


def test_summary_is_made_anew_when_an_attendee_is_gone(sold: Sale) -> None:
    path = f"/v1/orders/{the_order().identifier}/tickets-pdf"
    attendee = db.session.scalars(select(Attendee).where(Attendee.email == "grace@example.com")).one()
    assert attendee.identifier in text_of(fetch(sold, path, "buyer").data)
    former, code = the_order().tickets_pdf_key or "", attendee.identifier
    assert sold.api.delete(f"/v1/attendees/{attendee.id}", user=sold.owner).status_code == 200
    for name in ("buyer", "owner"):
        assert code not in text_of(fetch(sold, path, name).data)
    assert fetch(sold, path, "attendee").status_code == 403
    assert fetch(sold, f"/v1/orders/attendees/{attendee.id}.pdf", "buyer").status_code == 404
    assert not storage().exists(former)


def test_summary_that_tells_the_same_is_not_made_again(sold: Sale) -> None:
    path = f"/v1/orders/{the_order().identifier}/tickets-pdf"
    first = fetch(sold, path, "buyer").data
    papers.write_papers(the_order().id)
    assert fetch(sold, path, "owner").data == first


# Sending again


def resend(sale: Sale, sender: Any, **body: Any) -> TestResponse:
    return sale.api.plain("POST", "/v1/orders/resend-email", {"data": body}, user=sender)


def receipt(sale: Sale, user: Any, identifier: str | None) -> TestResponse:
    return sale.api.plain("POST", "/v1/attendees/send-receipt", {"order-identifier": identifier}, user=user)


def test_team_has_the_mails_sent_again(sold: Sale, deliver: Deliver) -> None:
    identifier = the_order().identifier
    assert resend(sold, sold.buyer, order=identifier).status_code == 403
    response = resend(sold, sold.coorganizer, order=identifier, user=sold.buyer.email)
    assert response.json["status"] is True
    first = deliver()
    assert sold.buyer.email in addressed(first)
    assert sold.owner.email not in addressed(first)
    resend(sold, sold.coorganizer, order=identifier)
    assert len(deliver()) == 2 * len(first)


def test_only_sold_orders_are_mailed_again(sold: Sale) -> None:
    the_order().status = "pending"
    identifier = the_order().identifier
    assert resend(sold, sold.owner, order=identifier).status_code == 422
    assert resend(sold, sold.owner, order="unknown").status_code == 404
    assert resend(sold, None, order=identifier).status_code == 401
    response = receipt(sold, sold.buyer, identifier)
    assert (response.status_code, response.json) == (409, {"error": "Cannot send receipt for an incomplete order"})


def test_buyer_has_the_receipt_sent_again(sold: Sale, deliver: Deliver) -> None:
    assert receipt(sold, sold.stranger, the_order().identifier).status_code == 403
    assert error(receipt(sold, sold.buyer, None))["detail"] == "Order identifier missing"
    assert receipt(sold, sold.buyer, "unknown").status_code == 404
    assert receipt(sold, sold.registrar, the_order().identifier).json == {"message": "receipt sent to attendees"}
    assert len(deliver()) == 3


def test_client_is_told_nothing_by_a_body_that_is_none(api: ApiClient) -> None:
    sale = Sale(api)
    for body in (None, [], {"data": []}, {"data": {"order": 5}}):
        assert sale.api.plain("POST", "/v1/orders/resend-email", body, user=sale.owner).status_code in (400, 404)
