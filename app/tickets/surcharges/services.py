"""The rules of taxes and ticket fees: there is one of each where it counts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from app.extensions import db
from app.jsonapi import Given, leave_deleting
from app.jsonapi.errors import ApiError, Conflict, MethodNotAllowed, explains
from app.tickets.surcharges.models import Tax, TicketFee

SECOND = "Tax already exists for this event"


def check_new_tax(tax: Tax, given: Given) -> None:
    """Refuse a tax where the event takes none, or has one."""
    given.pop("deleted_at", None)
    if not tax.event.is_tax_enabled:
        raise MethodNotAllowed("Tax is disabled for this Event", parameter="event_id")
    _check_only_tax(tax.event.id)


def check_tax_change(tax: Tax, changes: Given) -> None:
    """Refuse to restore a tax that was replaced; a tax is deleted by DELETE alone."""
    leave_deleting(changes)
    if "deleted_at" in changes:
        _check_only_tax(tax.event_id)


def _check_only_tax(event_id: int) -> None:
    if db.session.scalar(select(Tax.id).where(Tax.event_id == event_id, Tax.deleted_at.is_(None))):
        raise Conflict(SECOND, pointer="/data/relationships/event")


@explains("uq_taxes_event_id")
def _second_tax(diagnosis: Any) -> ApiError:
    """Two were made at one time."""
    return Conflict(SECOND, pointer="/data/relationships/event")


def check_fee(fee: TicketFee, given: Given) -> None:
    """Refuse a second fee for the same currency and country; `given` is what is new or changes."""
    if not {"currency", "country"} & given.keys():
        return
    currency, country = given.get("currency", fee.currency), given.get("country", fee.country)
    same = select(TicketFee.id).where(
        TicketFee.currency.is_not_distinct_from(currency),
        func.lower(func.coalesce(TicketFee.country, "")) == func.lower(country or ""),
        TicketFee.id.is_distinct_from(fee.id),
    )
    if db.session.scalar(same):
        raise Conflict("A fee for this currency and country exists already", pointer="/data/attributes/currency")
