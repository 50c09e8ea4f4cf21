"""Which fee is taken on tickets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text, func, literal, select

from app.extensions import db
from app.tickets.surcharges.models import TicketFee

EVERYWHERE = ("", "global")


def preferred_fee(currency: str | None) -> Any:
    """The id of the fee on tickets sold in this currency, as a scalar subquery; null where none is taken.

    Where there are several, for different countries, the one for no country in particular counts, else the oldest.
    """
    somewhere = func.lower(func.coalesce(TicketFee.country, "")).not_in(EVERYWHERE)
    fees = select(TicketFee.id).where(TicketFee.currency == literal(currency, Text)).order_by(somewhere, TicketFee.id)
    return fees.limit(1).correlate(None).scalar_subquery()


def fee_of(currency: str | None) -> TicketFee | None:
    """The fee on tickets sold in this currency; None where none is taken."""
    return db.session.scalars(select(TicketFee).where(TicketFee.id == preferred_fee(currency))).first()
