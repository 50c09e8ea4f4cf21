"""Which fee is taken on tickets."""

from __future__ import annotations

from sqlalchemy import func, select

from app.extensions import db
from app.tickets.surcharges.models import TicketFee

EVERYWHERE = ("", "global")


def fee_of(currency: str | None) -> TicketFee | None:
    """The fee on tickets sold in this currency; None where none is taken.

    Where there are several, for different countries, the one for no country in particular counts, else the oldest.
    """
    somewhere = func.lower(func.coalesce(TicketFee.country, "")).not_in(EVERYWHERE)
    fees = select(TicketFee).where(TicketFee.currency == currency).order_by(somewhere, TicketFee.id)
    return db.session.scalars(fees.limit(1)).first()
