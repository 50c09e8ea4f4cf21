"""The invoice of an order: what it says is kept when it is first made, and its file never shows anything else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.adapters.pdf import render_pdf
from app.events.models import Event, Role, UsersEventsRoles
from app.extensions import db
from app.orders.bill import bill_of, printed
from app.orders.kept_files import keep, kept
from app.orders.models import Invoice, Order
from app.tickets.surcharges.models import Tax
from app.users.models import User

TEMPLATE = "orders/invoice.html"
WAYS = {
    "stripe": "card", "paypal": "PayPal", "bank": "bank transfer", "cheque": "cheque", "onsite": "payment on site",
    "omise": "Omise", "alipay": "Alipay", "paytm": "Paytm", "invoice": "invoice",
}  # fmt: skip
# Where an event tells how to pay for what is paid after the tickets are given out.
INSTRUCTIONS = {
    "bank": "bank_details",
    "cheque": "cheque_details",
    "onsite": "onsite_details",
    "invoice": "invoice_details",
}


def invoice_file(order: Order) -> bytes:
    """The invoice of a sold order as PDF; made when it never was, or from what it said when its file is lost."""
    key = f"orders/{order.identifier}/invoice.pdf"
    content, is_new = _issued(order)
    # A file may be left of a transaction that came to nothing.
    stored = None if is_new else kept(key)
    return stored if stored is not None else keep(key, _rendered(content))


def extract_file(order: Order) -> bytes:
    """The invoice without its buyer and how it was paid, for those who attend by the order; kept nowhere."""
    content, _ = _issued(order)
    return _rendered(content | {"buyer": [], "payment": [], "is_extract": True})


def _rendered(content: dict[str, Any]) -> bytes:
    return render_pdf(TEMPLATE, content)


def _issued(order: Order) -> tuple[dict[str, Any], bool]:
    """What the invoice says, and whether it says so from now on; of two who make it at once, one does."""
    wanted = select(Invoice.content).where(Invoice.order_id == order.id)
    content = db.session.scalar(wanted)
    if content is not None:
        return content, False
    now = datetime.now(UTC)
    row = insert(Invoice).values(order_id=order.id, issued_at=now, content=describe_invoice(order, now))
    content = db.session.scalar(row.on_conflict_do_nothing().returning(Invoice.content))
    return (content, True) if content is not None else (db.session.scalars(wanted).one(), False)


def describe_invoice(order: Order, issued_at: datetime) -> dict[str, Any]:
    """What an invoice of this order says that is made now, in values that JSON holds."""
    event = order.event
    tax = db.session.scalars(select(Tax).where(Tax.event_id == event.id, Tax.deleted_at.is_(None))).first()
    return {
        "number": order.invoice_number,
        "issued_on": _date(issued_at, event.timezone),
        "ordered_on": _date(order.created_at, event.timezone),
        "event": event.name,
        "takes_place": _date(event.starts_at, event.timezone) if event.starts_at else "",
        "seller": _seller(event, tax),
        "buyer": _buyer(order),
        "bill": printed(bill_of(order)),
        "payment": _payment(order),
        "footer": _lines_of(tax.invoice_footer) if tax else [],
        "is_extract": False,
    }


def _date(moment: datetime, zone: str) -> str:
    """The day at the event, such as `5 December 2026`."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%B %Y}"


def _seller(event: Event, tax: Tax | None) -> list[str]:
    """Name, address and tax number of who sells: as the event's tax record has it, else whose event it is."""
    name = (tax.registered_company if tax else None) or event.owner_name or _owner(event) or event.name
    if tax is None:
        return [name]
    address = [tax.contact_name, tax.address, _joined(tax.zip, tax.city), tax.state, tax.country]
    return _given(name, *address, tax.email, tax.phone, f"Tax ID: {tax.tax_id}" if tax.tax_id else None)


def _owner(event: Event) -> str:
    statement = (
        select(User)
        .join(UsersEventsRoles, UsersEventsRoles.user_id == User.id)
        .join(Role)
        .where(UsersEventsRoles.event_id == event.id, Role.name == "owner")
        .order_by(User.id)
    )
    owner = db.session.scalars(statement).first()
    return owner.full_name if owner else ""


def _buyer(order: Order) -> list[str]:
    user, info = order.user, order.tax_business_info
    name, email = (user.full_name, user.email) if user else (None, None)
    address = [order.address, _joined(order.zipcode, order.city), order.state, order.country]
    return _given(order.company, name, *address, email, f"Tax ID: {info}" if info else None)


def _payment(order: Order) -> list[str]:
    """How the order was paid, or how it is to be paid where the money comes after the tickets."""
    if order.amount == 0:
        return ["Nothing is to be paid."]
    way = WAYS.get(order.payment_mode)
    if order.status != "completed":
        instructions = getattr(order.event, INSTRUCTIONS.get(order.payment_mode, ""), None)
        return [f"To be paid by {way}." if way else "To be paid.", *_lines_of(instructions)]
    card = f"{(order.brand or 'card').capitalize()} ending in {order.last4}" if order.last4 else ""
    number = f"transaction {order.transaction_id}" if order.transaction_id else ""
    details = ", ".join(filter(None, (card, number)))
    paid = f"Paid by {way}" if way else "Paid"
    return [f"{paid}: {details}." if details else f"{paid}."]


def _joined(*parts: str | None) -> str:
    return " ".join(filter(None, parts))


def _given(*lines: str | None) -> list[str]:
    """The lines that say something, as plain text of one line each."""
    return [" ".join(line.split()) for line in lines if line and line.strip()]


def _lines_of(text: str | None) -> list[str]:
    """The lines of a text."""
    return _given(*(text or "").splitlines())
