"""What an order was charged, line by line: from what its lines keep, never from today's prices.

What is printed adds up: quantity times price, less the discount, plus the fee is a line's amount; the lines' amounts
are the sub total; with the tax that is added to it, and the adjustment where the event's team set another amount, it is
the total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.money import figures, money, rounded
from app.orders.models import Order, OrderLine
from app.tickets.models import Ticket

NOTHING = Decimal(0)


@dataclass(frozen=True)
class BillLine:
    """So many of a ticket; discount and fee are for the whole line."""

    ticket: str
    quantity: int
    price: Decimal
    discount: Decimal
    fee: Decimal

    @property
    def amount(self) -> Decimal:
        """What the line costs, before tax is added."""
        return self.price * self.quantity - self.discount + self.fee


@dataclass(frozen=True)
class Bill:
    """All lines of an order; `tax` is None where no tax was in force, `total` is what is charged."""

    currency: str | None
    lines: Sequence[BillLine]
    tax_label: str
    tax: Decimal | None
    is_tax_included: bool
    total: Decimal

    @property
    def sub_total(self) -> Decimal:
        """The sum of the lines as they are printed."""
        return sum((rounded(line.amount, self.currency) for line in self.lines), NOTHING)

    @property
    def adjustment(self) -> Decimal:
        """How far the total is from what lines and tax add up to, where the event's team set it."""
        added = NOTHING if self.tax is None or self.is_tax_included else self.tax
        return self.total - self.sub_total - added


def bill_of(order: Order) -> Bill:
    """What the order was charged; two orders of the same lines differ where their team set an amount."""
    statement = select(OrderLine, Ticket.name).join(Ticket, OrderLine.ticket_id == Ticket.id).order_by(OrderLine.id)
    rows = db.session.execute(statement.where(OrderLine.order_id == order.id)).all()
    lines = [BillLine(name, row.quantity, row.price, row.discount_amount, row.fee_amount) for row, name in rows]
    tax = rounded(sum((row.tax_amount for row, _ in rows), NOTHING), order.currency)
    is_taxed = order.tax_rate is not None and any(line.amount for line in lines)
    return Bill(
        currency=order.currency,
        lines=lines,
        tax_label=_tax_label(order),
        tax=tax if is_taxed else None,
        is_tax_included=order.is_tax_included,
        total=rounded(order.amount, order.currency),
    )


def _tax_label(order: Order) -> str:
    """Name and rate, such as `VAT 18 %`."""
    rate = "" if order.tax_rate is None else f" {order.tax_rate.normalize():f} %"
    return f"{order.tax_name or 'Tax'}{rate}"


def printed(bill: Bill) -> dict[str, Any]:
    """The bill in plain values, amounts as texts with the decimals of the currency; None or "" where there is none."""
    currency, adjustment = bill.currency, bill.adjustment
    return {
        "currency": currency or "",
        "lines": [_printed_line(line, currency) for line in bill.lines],
        "has_discount": any(line.discount for line in bill.lines),
        "has_fee": any(line.fee for line in bill.lines),
        "sub_total": figures(bill.sub_total, currency),
        "tax_label": bill.tax_label,
        "tax": None if bill.tax is None else figures(bill.tax, currency),
        "is_tax_included": bill.is_tax_included,
        "adjustment": figures(adjustment, currency) if adjustment else None,
        "total": money(bill.total, currency),
        "is_free": not bill.total,
    }


def _printed_line(line: BillLine, currency: str | None) -> dict[str, Any]:
    return {
        "ticket": line.ticket,
        "quantity": line.quantity,
        "price": figures(line.price, currency),
        "discount": figures(-line.discount, currency) if line.discount else "",
        "fee": figures(line.fee, currency) if line.fee else "",
        "amount": figures(line.amount, currency),
    }
