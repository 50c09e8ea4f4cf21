"""Which fee is taken on tickets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.tickets.surcharges.models import TicketFee

EVERYWHERE = ("", "global")


def preferred_fee(currency: ColumnElement[str | None]) -> Any:
    """The id of the fee on tickets sold in this currency, which is SQL too, as a scalar subquery; null without a fee.

    Where there are several, for different countries, the one for no country in particular counts, else the oldest.
    """
    somewhere = func.lower(func.coalesce(TicketFee.country, "")).not_in(EVERYWHERE)
    fees = select(TicketFee.id).where(TicketFee.currency == currency).order_by(somewhere, TicketFee.id)
    return fees.limit(1).correlate(None).scalar_subquery()
