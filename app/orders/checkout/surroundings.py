"""What prices and holds depend on beside the tickets: tax, fee and the time orders have, read in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Text, and_, bindparam, select

from app.events.models import Event
from app.extensions import db
from app.orders.expiry import is_due
from app.orders.models import Order
from app.site.models import Setting
from app.tickets.fees import preferred_fee
from app.tickets.pricing import Fee, TaxRate
from app.tickets.surcharges.models import Tax, TicketFee


@dataclass(frozen=True)
class Surroundings:
    """The event's tax, the installation's fee in the event's currency, and how long a new order holds its seats.

    `has_due_orders` says that orders of the event hold seats though their time is over.
    """

    tax: TaxRate | None
    fee: Fee | None
    hold: timedelta
    has_due_orders: bool


def surroundings_of(event: Event) -> Surroundings:
    """What holds for orders of this event now."""
    values = {"event": event.id, "is_taxed": event.is_tax_enabled, "currency": event.payment_currency}
    minutes, has_due_orders, name, rate, is_included, fee = db.session.execute(_statement(), values).one()
    return Surroundings(
        tax=None if rate is None else TaxRate(rate, is_included, name or ""),
        fee=_fee(fee),
        hold=timedelta(minutes=minutes),
        has_due_orders=has_due_orders,
    )


@cache
def _statement() -> Any:
    """The question for any event, made once: making it takes longer than asking it."""
    event_id = bindparam("event", type_=BigInteger)
    is_taxed = bindparam("is_taxed", type_=Boolean)
    tax_applies = and_(Tax.event_id == event_id, Tax.deleted_at.is_(None), is_taxed)
    due = select(Order.id).where(Order.event_id == event_id, is_due()).exists()
    return (
        select(Setting.order_expiry_time, due, Tax.name, Tax.rate, Tax.is_tax_included_in_price, TicketFee)
        .select_from(Setting)
        .join(Tax, tax_applies, isouter=True)
        .join(TicketFee, TicketFee.id == preferred_fee(bindparam("currency", type_=Text)), isouter=True)
    )


def _fee(row: Any) -> Fee | None:
    return None if row is None or not row.service_fee else Fee(row.service_fee, row.maximum_fee)
