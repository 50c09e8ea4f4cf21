"""From a cart's document to its rows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from app.events.access import coorganizer, readable_event
from app.events.models import Event
from app.extensions import db
from app.jsonapi import Actor
from app.jsonapi.errors import NotFound, UnprocessableEntity
from app.orders.checkout.cart import Cart, Line, merged, price_of
from app.orders.checkout.request import CartRequest, Item
from app.tickets.codes import covers, find_access_code, find_discount_code, is_of
from app.tickets.models import AccessCode, Ticket

# Made once, since making it takes longer than asking it.
_LIVE = (
    select(Ticket)
    .where(Ticket.id.in_(bindparam("ids", expanding=True)), Ticket.deleted_at.is_(None))
    .order_by(Ticket.id)
    .options(joinedload(Ticket.event, innerjoin=True))
)
_LOCKED = _LIVE.with_for_update(read=True, key_share=True, of=Ticket)


def load_cart(request: CartRequest, *, actor: Actor, lock: bool) -> Cart:
    """The cart a request means, with the codes it names, which are not checked yet.

    With `lock` the tickets stay as they are until the transaction ends. Raises NotFound for tickets that are unknown,
    deleted, or of an event that the actor may not know of, UnprocessableEntity for those of several events.
    """
    tickets = {ticket.id: ticket for ticket in _tickets({item.ticket_id for item in request.items}, lock=lock)}
    known = {id_ for id_, ticket in tickets.items() if _may_know_of(ticket.event, actor)}
    unknown = sorted({item.ticket_id for item in request.items} - known)
    if unknown:
        raise _not_found(unknown)
    event = _event_of(tickets.values())
    is_team, access_code = coorganizer.allows(actor, event), find_access_code(request.access_code_id)
    if not is_team:
        _check_opened(request.items, tickets, access_code)
    return Cart(
        event,
        _lines(request.items, tickets, event.payment_currency),
        is_team,
        find_discount_code(request.discount_code_id),
        access_code,
    )


def _tickets(ids: Iterable[int], *, lock: bool) -> Iterable[Ticket]:
    """The live tickets of these ids in their order, with their event.

    Whoever changes a ticket holds its row before its stock, so an order does the same: the other way round, each would
    wait for the other.
    """
    return db.session.scalars(_LOCKED if lock else _LIVE, {"ids": list(ids)})


def _not_found(ids: Iterable[int]) -> NotFound:
    return NotFound(f"Tickets not found for IDs: {', '.join(map(str, ids))}", pointer="/tickets")


def _may_know_of(event: Event, actor: Actor) -> bool:
    """Whether tickets of the event exist for the actor; what became of a deleted event is told to everybody."""
    return event.deleted_at is not None or readable_event.allows(actor, event)


def _check_opened(items: Iterable[Item], tickets: dict[int, Ticket], code: AccessCode | None) -> None:
    """Refuse hidden tickets that the code does not open, before anything tells their names or prices."""
    for item in items:
        ticket = tickets[item.ticket_id]
        if ticket.is_hidden and not (code is not None and is_of(code, ticket.event) and covers(code, ticket)):
            detail = "This ticket needs an access code" + (" that is valid for it" if code is not None else "")
            raise UnprocessableEntity(detail, source={"pointer": item.pointer, "id": str(ticket.id)})


def _event_of(tickets: Iterable[Ticket]) -> Event:
    found = {ticket.event_id: ticket.event for ticket in tickets}
    if len(found) > 1:
        detail = f"All tickets must belong to same event. Found: {', '.join(map(str, sorted(found)))}"
        raise UnprocessableEntity(detail, pointer="/tickets")
    (event,) = found.values()
    if event.deleted_at is not None:
        raise NotFound(f"Event: {event.identifier} not found", pointer="/tickets/event")
    return event


def _lines(items: Iterable[Item], tickets: dict[int, Ticket], currency: str | None) -> tuple[Line, ...]:
    return merged(
        Line(
            ticket=tickets[item.ticket_id],
            quantity=item.quantity,
            price=price_of(tickets[item.ticket_id], currency, item.price, item.pointer),
            pointer=item.pointer,
        )
        for item in items
    )
