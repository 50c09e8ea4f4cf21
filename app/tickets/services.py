"""The rules of tickets and their tags: what may be offered, changed and withdrawn."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.events.belonging import check_same_event
from app.events.models import Event
from app.extensions import db
from app.jsonapi import Actor, Given, leave_deleting
from app.jsonapi.errors import Conflict, Forbidden, UnprocessableEntity
from app.tickets import stock
from app.tickets.models import Ticket
from app.tickets.modules import check_modules
from app.tickets.schemas import FREE

MOST_PER_ORDER = 10  # A ticket's max-order where none is given.
PAYMENT_METHODS = ("paypal", "stripe", "omise", "alipay", "cheque", "bank", "paytm", "invoice")


def check_new_ticket(ticket: Ticket, given: Given, *, actor: Actor) -> None:
    """Refuse a ticket that may not be offered, and fill in what follows from the rest."""
    given.pop("deleted_at", None)
    check_modules([given["type"]], actor=actor)
    _check_name(ticket.event.id, given["name"])
    _check_payable(ticket.event, given["type"])
    _check_sales_end(ticket.event, given["name"], given["sales_ends_at"])
    check_same_event("ticket-tags", ticket.event.id, given.get("ticket_tags", ()))
    _fit_largest_order(given)
    if given["type"] in FREE:
        given["price"] = Decimal(0)


def _fit_largest_order(given: Given) -> None:
    """Without a largest order of its own, a ticket of which there are few allows orders of all of them."""
    quantity, least = given.get("quantity", 100), given.get("min_order", 1)
    given.setdefault("max_order", max(least, min(MOST_PER_ORDER, quantity)))


def check_ticket_change(ticket: Ticket, changes: Given, *, actor: Actor) -> None:
    """Refuse a change that would leave a ticket that may not be offered, or fewer than are taken."""
    type_ = changes.get("type", ticket.type)
    if "type" in changes:
        check_modules([type_], actor=actor)
    if "name" in changes or "deleted_at" in changes:
        _check_name(ticket.event_id, changes.get("name", ticket.name), other_than=ticket.id)
    _check_payable(ticket.event, type_)
    if "sales_ends_at" in changes:
        _check_sales_end(ticket.event, changes.get("name", ticket.name), changes["sales_ends_at"])
    check_tags_of_ticket(ticket, changes)
    if type_ in FREE and ("price" in changes or "type" in changes):
        changes["price"] = Decimal(0)
    if "quantity" in changes:
        _check_quantity(ticket, changes["quantity"])
    if "deleted_at" in changes:
        _check_restoring(ticket, changes)


def check_tags_of_ticket(ticket: Ticket, changes: Given) -> None:
    """Refuse tags of other events."""
    check_same_event("ticket-tags", ticket.event_id, changes.get("ticket_tags", ()))


def _check_name(event_id: int, name: str, *, other_than: int | None = None) -> None:
    same = select(Ticket.id).where(Ticket.event_id == event_id, Ticket.name == name, Ticket.deleted_at.is_(None))
    if db.session.scalar(same.where(Ticket.id != other_than if other_than else Ticket.id.is_not(None))):
        raise Conflict("Ticket already exists", pointer="/data/attributes/name")


def _check_payable(event: Event, type_: str) -> None:
    """Whoever asks for money needs a way to get it; the source names the event the client has to mend."""
    if type_ in FREE or event.can_pay_onsite or any(getattr(event, f"can_pay_by_{way}") for way in PAYMENT_METHODS):
        return
    source = {"pointer": "/data/relationships/event", "event_id": str(event.id)}
    raise UnprocessableEntity("Event having paid ticket must have a payment method", source=source)


def _check_sales_end(event: Event, name: str, sales_ends_at: datetime) -> None:
    if event.ends_at is not None and sales_ends_at > event.ends_at:
        raise UnprocessableEntity(
            f"End of ticket sales date of '{name}' cannot be after end of event date",
            pointer="/data/attributes/sales-ends-at",
        )


def _check_quantity(ticket: Ticket, quantity: int) -> None:
    taken = stock.taken_of(ticket.id)
    if quantity < taken:
        raise Conflict(
            f"quantity cannot be lower than the {taken} tickets that are sold or reserved",
            pointer="/data/attributes/quantity",
        )


def _check_restoring(ticket: Ticket, changes: Given) -> None:
    """A ticket is deleted by DELETE alone; a restored one is for sale again."""
    if changes["deleted_at"] is not None:
        del changes["deleted_at"]
        return
    stock.reopen(ticket.id, changes.get("quantity", ticket.quantity))


def withdraw_ticket(ticket: Ticket) -> None:
    """Take a ticket off sale before it is deleted; raises Forbidden where some were sold or are reserved."""
    if ticket.deleted_at is None and not stock.close(ticket.id):
        raise Forbidden("Can't delete a ticket that has sales", parameter="ticket_id")


def check_tag(tag: Any, given: Given) -> None:
    """Refuse a tag for tickets of other events; `tag` has its event, `given` its values or what changes of them."""
    leave_deleting(given)
    check_same_event("tickets", tag.event.id, given.get("tickets", ()))
