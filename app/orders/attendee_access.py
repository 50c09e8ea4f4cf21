"""Who sees and changes which attendees: the buyer, whoever entered them, they themselves, and the event's people."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, select

from app.events.access import REGISTRATION, EventRole, coorganizer, registrar
from app.extensions import db
from app.jsonapi import Actor, Rule, staff
from app.orders.models import Attendee, Order
from app.tickets.models import Ticket
from app.users.access import is_verified


class _Buyer(Rule):
    """The buyer of the order an attendee belongs to."""

    name = "buyer"
    refusal = "Only admin or that user itself can update attendee info"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        bought = select(Order.id).where(Order.user_id == actor.id)
        return false() if actor.is_anonymous else model.order_id.in_(bought)

    def allows(self, actor: Actor, row: Any) -> bool:
        return not actor.is_anonymous and row.order is not None and row.order.user_id == actor.id


class _Creator(Rule):
    """Whoever entered an attendee that has no order yet."""

    name = "creator"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return false() if actor.is_anonymous else and_(model.order_id.is_(None), model.created_by_id == actor.id)

    def allows(self, actor: Actor, row: Any) -> bool:
        # A row that is not stored yet is being entered by the actor.
        return not actor.is_anonymous and row.order_id is None and (row.id is None or row.created_by_id == actor.id)


class _Themselves(Rule):
    """The account with the attendee's e-mail address, once its owner has proven the address."""

    name = "attendee"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return func.lower(model.email) == func.lower(actor.user.email) if is_verified(actor) else false()

    def allows(self, actor: Actor, row: Any) -> bool:
        return is_verified(actor) and row.email is not None and row.email.lower() == actor.user.email.lower()


class _Orderless(Rule):
    """Attendees without an order yet."""

    name = "orderless"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        without: ColumnElement[bool] = model.order_id.is_(None)
        return without

    def allows(self, actor: Actor, row: Any) -> bool:
        return row.order_id is None


class _TicketHolder(Rule):
    """Tickets that the actor has bought or attends by; which they are costs one query per request."""

    name = "ticket holder"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        held: ColumnElement[bool] = model.id.in_(_tickets_of(actor))
        return held

    def allows(self, actor: Actor, row: Any) -> bool:
        def learn() -> frozenset[int]:
            return frozenset(db.session.scalars(_tickets_of(actor)))

        return isinstance(row, Ticket) and row.id in actor.remember("tickets held", learn)


def _tickets_of(actor: Actor) -> Any:
    own = buyer.rows(actor, Attendee) | themselves.rows(actor, Attendee)
    return select(Attendee.ticket_id).where(Attendee.deleted_at.is_(None), Attendee.order_id.is_not(None), own)


buyer = _Buyer()
creator = _Creator()
themselves = _Themselves()
ticket_holder = _TicketHolder()

# The event's people at the door, who may also strike somebody off.
removable_attendee = EventRole("registrar", REGISTRATION, "You are not authorized to access this.")
removable_attendee.source = {"pointer": "", "source": "User"}
# Whose attendee it is, or who lets them in.
readable_attendee = removable_attendee | buyer | creator | themselves
# What the attendee's form asks for is the buyer's to say, and the team's while there is no order.
fills_in = buyer | creator | staff | (coorganizer & _Orderless())
updatable_attendee = fills_in | registrar
# The account behind an attendee's address is told to the event's team and to its owner.
knows_account = coorganizer | themselves
