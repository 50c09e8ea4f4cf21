"""Invoices: they say what was charged, to whom they may, and say the same for ever."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from app.adapters.storage import storage
from app.extensions import db
from app.money import decimals_of
from app.orders import papers
from app.orders.models import Attendee, Invoice, Order, OrderLine
from app.orders.services import mail_again
from app.tickets.surcharges.models import Tax
from tests.unittests.client import document
from tests.unittests.factories.orders import AttendeeFactory, order_with_attendees
from tests.unittests.factories.surcharges import TaxFactory, TicketFeeFactory
from tests.unittests.factories.tickets import DiscountCodeTicketFactory
from tests.unittests.factories.users import UserFactory
from tests.unittests.orders.conftest import Deliver
from tests.unittests.orders.steps import Sale, attributes, error, queued_jobs
from tests.unittests.orders.test_creating_orders import create, paid, quote
from tests.unittests.orders.test_order_papers import html_of, text_of

BILLING = {
    "company": "Acme & Söhne GmbH",
    "address": "Hauptstraße 5",
    "city": "Köln",
    "zipcode": "50667",
    "country": "Germany",
    "tax_business_info": "DE999999999",
}


def the_order() -> Order:
    return db.session.scalars(select(Order)).one()


def bought(sale: Sale, *tickets: Any, by: str = "buyer", **members: Any) -> Order:
    """The order of this cart, paid later by bank transfer, or at once where it costs nothing."""
    response = create(sale, *tickets, user=by, **members)
    assert response.status_code == 200, response.json
    order = the_order()
    status, mode = ("placed", "bank") if order.amount else ("completed", "free")
    body = document("order", order.id, status=status, payment_mode=mode, is_billing_enabled=True, **BILLING)
    changed = sale.api.patch(f"/v1/orders/{order.id}", body, user=sale.person(by))
    assert changed.status_code == 200, changed.json
    return the_order()


def fetch(sale: Sale, order: Order, user: Any = "buyer") -> TestResponse:
    person = sale.person(user) if user is None or isinstance(user, str) else user
    return sale.api.get(f"/v1/orders/invoices/{order.identifier}", user=person)


def words_of_invoice(sale: Sale, order: Order, user: Any = "buyer") -> str:
    response = fetch(sale, order, user)
    assert response.status_code == 200, response.json
    return text_of(response.data)


def with_tax(sale: Sale, **values: Any) -> None:
    """The event has a tax from now on."""
    sale.event.is_tax_enabled = True
    TaxFactory(event=sale.event, **values)


# What it says


def test_invoice_names_seller_buyer_lines_tax_total_and_how_to_pay(sale: Sale, deliver: Deliver) -> None:
    ticket = paid(sale)
    sale.event.bank_details = "IBAN DE02 1234\nBank of Examples"
    TicketFeeFactory(currency="EUR", service_fee=Decimal(2), maximum_fee=Decimal(5))
    with_tax(
        sale, registered_company="Events Ltd", address="1 Fair Road", city="Dublin", invoice_footer="Thank you.\nBye."
    )
    code = DiscountCodeTicketFactory(event=sale.event, tickets=[ticket], type="percent", value=Decimal(10))
    order = bought(sale, (ticket, 10), **{"discount-code": str(code.id)})
    response = fetch(sale, order)
    assert response.headers["Content-Disposition"] == f"attachment; filename=invoice-{order.invoice_number}.pdf"
    words = text_of(response.data)
    for expected in (
        order.invoice_number, "Events Ltd", "1 Fair Road", "Dublin", "Tax ID: DE136695976", "Thank you. Bye.",
        "Acme & Söhne GmbH", sale.buyer.full_name, "Hauptstraße 5", "50667 Köln", "Germany", "Tax ID: DE999999999",
        f"{ticket.name} 10 50.00 -50.00 5.00 455.00", "Sub total 455.00", "VAT 18 %, added 81.90", "Total EUR 536.90",
        "To be paid by bank transfer. IBAN DE02 1234 Bank of Examples",
    ):  # fmt: skip
        assert expected in words


def test_seller_without_a_tax_record_is_the_events_owner(sale: Sale, deliver: Deliver) -> None:
    sale.event.owner_name = None
    order = bought(sale, (paid(sale), 1))
    assert f"Seller {sale.owner.full_name} Buyer" in words_of_invoice(sale, order)


def test_amount_that_the_team_set_is_explained_by_a_line(sale: Sale, deliver: Deliver) -> None:
    order = bought(sale, (paid(sale), 2), by="owner", amount=70)
    words = words_of_invoice(sale, order, "owner")
    assert "Sub total 100.00 Adjustment by the organizer -30.00 Total EUR 70.00" in words


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"status": "placed", "payment_mode": "cheque"}, "To be paid by cheque."),
        ({"status": "completed", "payment_mode": "bank"}, "Paid by bank transfer."),
        ({"status": "completed", "payment_mode": "paypal", "transaction_id": "PAY-1"}, "PayPal: transaction PAY-1."),
        (
            {"status": "completed", "payment_mode": "stripe", "brand": "visa", "last4": "4242", "transaction_id": "c"},
            "Paid by card: Visa ending in 4242, transaction c.",
        ),
    ],
)
def test_invoice_tells_how_it_was_paid(sale: Sale, deliver: Deliver, values: dict[str, str], said: str) -> None:
    order = order_with_attendees(sale.ticket, 1, user=sale.buyer, amount=Decimal(10), currency="EUR", **values)
    assert said in words_of_invoice(sale, order)


def test_invoice_of_an_order_for_nothing_is_made_when_it_is_asked_for(sale: Sale, deliver: Deliver) -> None:
    order = bought(sale, (sale.ticket, 2))
    messages = deliver()
    assert db.session.scalars(select(Invoice)).all() == []
    assert not any("invoice" in html_of(message).lower() for message in messages)
    words = words_of_invoice(sale, order)
    assert "Total Free" in words
    assert "Nothing is to be paid." in words


def test_markup_in_billing_data_stays_text(sale: Sale, deliver: Deliver) -> None:
    order = bought(sale, (paid(sale), 1))
    order.company = "<img src=x> {{ 7 * 7 }}"
    assert "<img src=x> {{ 7 * 7 }}" in words_of_invoice(sale, order)


# What is quoted is what is charged and what the invoice says

ROW = re.compile(
    r"(?P<ticket>Seat \w) (?P<quantity>\d+) (?P<price>[\d,.]+) (?:(?P<discount>-[\d,.]+) )?"
    r"(?:(?P<fee>[\d,.]+) )?(?P<amount>[\d,.]+)(?= Seat| Sub| Total)"
)


def number(text: str | None) -> Decimal:
    return Decimal((text or "0").replace(",", ""))


def after(label: str, words: str) -> Decimal:
    """The number behind the label; 0 where there is no such label."""
    found = re.search(rf"{label} (-?[\d,.]*\d)", words)
    return number(found[1] if found else None)


@pytest.mark.parametrize("currency", ["EUR", "JPY", "BHD"])
@pytest.mark.parametrize("included", [False, True])
@pytest.mark.parametrize("discount", [("percent", "12.5"), ("amount", "7"), None])
def test_what_is_quoted_is_charged_and_stands_on_the_invoice(
    sale: Sale, deliver: Deliver, currency: str, included: bool, discount: tuple[str, str] | None
) -> None:
    tickets = [paid(sale, price, name=f"Seat {name}") for name, price in (("A", "1019.99"), ("B", "33.335"))]
    tickets.append(paid(sale, "20", name="Seat C", is_fee_absorbed=True))
    sale.event.payment_currency = currency
    TicketFeeFactory(currency=currency, service_fee=Decimal("2.75"), maximum_fee=Decimal(50))
    with_tax(sale, rate=Decimal("7.7"), is_tax_included_in_price=included)
    members = {}
    if discount is not None:
        code = DiscountCodeTicketFactory(
            event=sale.event, tickets=tickets[:2], type=discount[0], value=Decimal(discount[1]), tickets_number=5
        )
        members["discount-code"] = str(code.id)
    cart = [(tickets[0], 3), (tickets[1], 7), (tickets[2], 1)]
    quoted = quote(sale, *cart, **members).json
    order = bought(sale, *cart, **members)
    words = words_of_invoice(sale, order)
    lines = [match.groupdict() for match in ROW.finditer(words)]
    assert len(lines) == 3
    for line in lines:
        parts = number(line["price"]) * int(line["quantity"]) + number(line["discount"]) + number(line["fee"])
        assert parts == number(line["amount"])
    sub_total, total = after("Sub total", words), after(f"Total {currency}", words)
    tax = after("included in the sub total:" if included else "VAT 7.7 %, added", words)
    assert sum(number(line["amount"]) for line in lines) == sub_total
    assert total == sub_total + (0 if included else tax)
    assert "Adjustment" not in words
    assert -total.as_tuple().exponent == decimals_of(currency)  # type: ignore[operator]
    shown = attributes(sale.api.get(f"/v1/orders/{order.id}", user=sale.buyer))["amount"]
    assert [float(value) for value in (total, sub_total, tax)] == [
        shown, quoted["sub_total"], quoted["tax"]["amount"],
    ]  # fmt: skip
    assert quoted["total"] == shown


@pytest.mark.parametrize(
    ("currency", "total"), [("EUR", "EUR 1,019.99"), ("JPY", "JPY 1,020"), ("BHD", "BHD 1,019.990")]
)
def test_mails_and_papers_tell_amounts_with_the_decimals_of_the_currency(
    sale: Sale, deliver: Deliver, currency: str, total: str
) -> None:
    ticket = paid(sale, "1019.99")
    sale.event.payment_currency = currency
    order = bought(sale, (ticket, 1))
    told = [html_of(message) for message in deliver() if message["To"].addresses[0].addr_spec == sale.buyer.email]
    assert any(total in html for html in told)
    summary = sale.api.get(f"/v1/orders/{order.identifier}/tickets-pdf", user=sale.buyer)
    assert f"Total {total}" in text_of(summary.data)
    assert f"Total {total}" in words_of_invoice(sale, order)


# For ever


def test_invoice_says_the_same_whatever_changes_later(sale: Sale, deliver: Deliver) -> None:
    ticket = paid(sale)
    with_tax(sale, registered_company="Events Ltd")
    order = bought(sale, (ticket, 2))
    deliver()
    before = fetch(sale, order).data
    words = text_of(before)
    ticket.name, ticket.price, sale.event.name, sale.event.bank_details = "Other", Decimal(1), "Other", "Other"
    tax = db.session.scalars(select(Tax)).one()
    tax.rate, tax.registered_company, tax.deleted_at = Decimal(1), "Other", func.now()
    sale.buyer.last_name, order.company, order.amount, order.tax_name = "Other", "Other", Decimal(1), "Other"
    db.session.execute(update(OrderLine).values(quantity=9, price=Decimal(1)))
    assert fetch(sale, order).data == before
    storage().delete(f"orders/{order.identifier}/invoice.pdf")
    assert text_of(fetch(sale, order).data) == words
    assert "Other" not in words


def test_file_of_a_transaction_that_came_to_nothing_is_not_served(sale: Sale, deliver: Deliver) -> None:
    order = bought(sale, (paid(sale), 1))
    storage().put(f"orders/{order.identifier}/invoice.pdf", b"%PDF of other times", "application/pdf")
    assert "Total EUR 50.00" in words_of_invoice(sale, order)


# By mail


def test_invoice_is_made_once_by_the_job_and_comes_with_the_buyers_mail(sale: Sale, deliver: Deliver) -> None:
    order = bought(sale, (paid(sale), 2))
    assert queued_jobs() == ["write_papers"]
    (mail,) = [each for each in deliver() if each["To"].addresses[0].addr_spec == sale.buyer.email]
    _, invoice = mail.iter_attachments()
    assert (invoice.get_filename(), invoice.get_content_type()) == (
        f"invoice-{order.invoice_number}.pdf", "application/pdf",
    )  # fmt: skip
    assert invoice.get_content() == fetch(sale, order).data
    issued = db.session.scalars(select(Invoice.issued_at)).one()
    mail_again(order)
    deliver()
    papers.write_papers(order.id)
    assert db.session.scalars(select(Invoice.issued_at)).all() == [issued]


def test_summary_and_mails_show_the_lines_as_they_were_charged(sale: Sale, deliver: Deliver) -> None:
    ticket = paid(sale)
    TicketFeeFactory(currency="EUR", service_fee=Decimal(2), maximum_fee=Decimal(5))
    with_tax(sale, is_tax_included_in_price=True)
    code = DiscountCodeTicketFactory(event=sale.event, tickets=[ticket], type="percent", value=Decimal(10))
    order = bought(sale, (ticket, 10), **{"discount-code": str(code.id)})
    ticket.price, db.session.scalars(select(Tax)).one().rate = Decimal(1), Decimal(1)
    messages = {each["To"].addresses[0].addr_spec: each for each in deliver()}
    summary = text_of(sale.api.get(f"/v1/orders/{order.identifier}/tickets-pdf", user=sale.buyer).data)
    assert f"{ticket.name} 10 50.00 -50.00 5.00 455.00" in summary
    assert "VAT 18 %, included in the sub total: 69.41" in summary
    assert "Total EUR 455.00" in summary
    for person in (sale.buyer, sale.owner):
        html = " ".join(re.sub(r"<[^>]+>", " ", html_of(messages[person.email])).split())
        assert f"10 × {ticket.name} at 50.00 455.00 of it discount -50.00 of it fee 5.00" in html
        assert "VAT 18 %, included 69.41 Total EUR 455.00" in html


def test_buyer_of_a_placed_order_is_told_that_it_is_to_be_paid(sale: Sale, deliver: Deliver) -> None:
    bought(sale, (paid(sale), 1))
    (mail,) = [each for each in deliver() if each["To"].addresses[0].addr_spec == sale.buyer.email]
    assert "Your order is placed; the invoice tells how to pay it." in html_of(mail)


# Who may have it


@pytest.fixture
def sold(sale: Sale, deliver: Deliver) -> Sale:
    """A sale with an order that costs something, by which somebody else attends."""
    sale.guest = UserFactory(email="grace@example.com")  # type: ignore[attr-defined]
    values = {"status": "completed", "payment_mode": "stripe", "currency": "EUR", "amount": Decimal(10), **BILLING}
    order = order_with_attendees(sale.ticket, 1, user=sale.buyer, brand="visa", last4="4242", **values)
    AttendeeFactory(order=order, ticket=sale.ticket, email="grace@example.com")
    return sale


@pytest.mark.parametrize(
    ("name", "status"),
    [(None, 401), ("stranger", 403), ("registrar", 403), ("guest", 200), ("buyer", 200), ("coorganizer", 200),
     ("owner", 200), ("admin", 200)],
)  # fmt: skip
def test_invoice_is_for_buyer_attendee_and_team(sold: Sale, name: str | None, status: int) -> None:
    response = fetch(sold, the_order(), name)
    assert response.status_code == status
    if status == 403:
        assert error(response)["detail"] == "Unauthorized Access"
    if status == 200:
        assert response.data.startswith(b"%PDF")
        assert response.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("first", ["guest", "buyer"])
def test_attendee_is_told_nothing_of_billing_and_payment(sold: Sale, first: str) -> None:
    fetch(sold, the_order(), first)
    words = words_of_invoice(sold, the_order(), "guest")
    private = [*BILLING.values(), sold.buyer.full_name, sold.buyer.email, "4242", "Paid by"]
    assert "Extract of an invoice" in words
    assert "Total EUR 10.00" in words
    assert [each for each in private if each in words] == []
    whole = words_of_invoice(sold, the_order(), "buyer")
    assert [each for each in private if each not in whole] == []
    assert "Extract" not in whole


def test_attendee_who_was_removed_gets_none(sold: Sale) -> None:
    db.session.execute(update(Attendee).values(deleted_at=func.now()))
    assert fetch(sold, the_order(), "guest").status_code == 403


@pytest.mark.parametrize("status", ["initializing", "pending", "cancelled", "expired"])
def test_order_that_is_not_sold_has_no_invoice(sold: Sale, status: str) -> None:
    the_order().status = status
    response = fetch(sold, the_order())
    assert (response.status_code, error(response)["detail"]) == (409, f"The order is {status}: it has no invoice.")
    assert db.session.scalars(select(Invoice)).all() == []


def test_invoice_of_nothing_is_not_found(sold: Sale) -> None:
    for identifier in ("x", "999999", "%00"):
        assert sold.api.get(f"/v1/orders/invoices/{identifier}", user=sold.buyer).status_code == 404
    assert sold.api.get("/v1/orders/invoices/x").status_code == 401
