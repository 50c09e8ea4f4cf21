"""How many of a ticket can still be had: the one definition, and the only place that changes it.

A place is taken when an order is placed and given back when the order ends or the attendee is
removed: every live attendee of an open or completed order holds one. Changes are conditional
updates of the ticket's stock row, so that parallel buyers queue up on that row, and a check in the
database makes overselling impossible. Several tickets are always taken and given back in the
order of their ids, so that two buyers never wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Integer, and_, bindparam, select, update

from app.events.models import Event
from app.events.upcoming import require_of_upcoming
from app.extensions import db
from app.tickets.models import Ticket, TicketStock

LEFT = TicketStock.capacity - TicketStock.taken
# Every order needs it for each of its lines, so it is made once.
_TAKE = (
    update(TicketStock)
    .where(TicketStock.ticket_id == bindparam("ticket"), bindparam("number", type_=Integer) <= LEFT)
    .values(taken=TicketStock.taken + bindparam("number", type_=Integer))
    .execution_options(synchronize_session=False)
)

# What makes the number of seats of a ticket whose hold is over and that were not given back yet.
DueHolds = Callable[[], Any]
_due_holds: list[DueHolds] = []


def add_due_holds(count: DueHolds) -> DueHolds:
    """Let a domain above say, as a scalar subquery, how many seats are held by what is over: they count as free."""
    _due_holds.append(count)
    return count


def available(ticket_ids: Iterable[int]) -> dict[int, int]:
    """How many can be had of each of these tickets, by ticket id; unknown tickets are missing from the answer."""
    free = sum((count() for count in _due_holds), LEFT)
    statement = select(TicketStock.ticket_id, free).where(TicketStock.ticket_id.in_(list(ticket_ids)))
    return dict(db.session.execute(statement).all())


def take(ticket_id: int, number: int) -> bool:
    """Take that many places of one ticket, all or none; whether it worked."""
    if number < 1:
        raise ValueError("at least one place is taken")
    taken = db.session.execute(_TAKE, {"ticket": ticket_id, "number": number})
    return cast("CursorResult[Any]", taken).rowcount == 1


def take_all(numbers: Mapping[int, int]) -> int | None:
    """Take places of several tickets, given as {ticket id: number}.

    Returns the id of the first ticket that has too few left, or None when all were taken. On
    failure the caller raises, so that the transaction takes back what was taken before.
    """
    return next((ticket_id for ticket_id in sorted(numbers) if not take(ticket_id, numbers[ticket_id])), None)


def give_back(numbers: Mapping[int, int]) -> None:
    """Give places back, as {ticket id: number}; the caller makes sure that each was held and is given back once."""
    for ticket_id in sorted(numbers):
        db.session.execute(
            update(TicketStock)
            .where(TicketStock.ticket_id == ticket_id)
            .values(taken=TicketStock.taken - numbers[ticket_id])
            .execution_options(synchronize_session=False)
        )


def close(ticket_id: int) -> bool:
    """End the sale of a ticket that is to be deleted; whether it worked, which it does while none is taken."""
    statement = (
        update(TicketStock)
        .where(TicketStock.ticket_id == ticket_id, TicketStock.taken == 0)
        .values(capacity=0)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount == 1


def reopen(ticket_id: int, quantity: int) -> None:
    """Offer that many of a ticket that was closed."""
    db.session.execute(
        update(TicketStock)
        .where(TicketStock.ticket_id == ticket_id)
        .values(capacity=quantity)
        .execution_options(synchronize_session=False)
    )


def taken_of(ticket_id: int) -> int:
    """How many are taken, read under a lock that holds off sales until the transaction ends."""
    statement = select(TicketStock.taken).where(TicketStock.ticket_id == ticket_id).with_for_update()
    return db.session.scalar(statement) or 0


def with_stock_left() -> ColumnElement[bool]:
    """The criterion for tickets of which at least one is left."""
    return select(TicketStock.ticket_id).where(TicketStock.ticket_id == Ticket.id, LEFT > 0).correlate(Ticket).exists()


@require_of_upcoming
def sells_tickets(now: datetime) -> ColumnElement[bool]:
    """The criterion for events that have a ticket on sale."""
    return select(Ticket.id).where(Ticket.event_id == Event.id, on_sale(now)).correlate(Event).exists()


def on_sale(now: datetime) -> ColumnElement[bool]:
    """The criterion for tickets anybody could buy at that moment: not hidden, in their time of sale, some left."""
    return and_(
        Ticket.deleted_at.is_(None),
        Ticket.is_hidden.is_(False),
        Ticket.sales_starts_at <= now,
        Ticket.sales_ends_at > now,
        with_stock_left(),
    )
