"""Who may what on orders: the event's team, the buyer, and those who attend by them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, func, select

from app.events.access import TEAM, coorganizer, events_as, registrar
from app.extensions import db
from app.jsonapi import Actor, Rule
from app.orders.attendee_access import buyer, themselves
from app.orders.models import Attendee, Order
from app.users.access import is_verified, itself


class _Attending(Rule):
    """Orders by which the actor attends, told by their e-mail address once it is verified."""

    name = "attendee of the order"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        held: ColumnElement[bool] = model.id.in_(_orders_attended(actor)) if is_verified(actor) else false()
        return held

    def allows(self, actor: Actor, row: Any) -> bool:
        if row is None or not is_verified(actor):
            return False
        return row.id in actor.remember("orders attended", lambda: set(db.session.scalars(_orders_attended(actor))))


def _orders_attended(actor: Actor) -> Any:
    own = func.lower(Attendee.email) == actor.user.email.lower()
    return select(Attendee.order_id).where(own, Attendee.deleted_at.is_(None), Attendee.order_id.is_not(None))


class _Refusing(Rule):
    """Another rule, with a refusal of its own."""

    def __init__(self, rule: Rule, refusal: str) -> None:
        self.rule, self.name, self.refusal = rule, rule.name, refusal

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return self.rule.rows(actor, model)

    def allows(self, actor: Actor, row: Any) -> bool:
        return self.rule.allows(actor, row)


class _OfAnswerableOrder(Rule):
    """What belongs to an order that the actor bought, or sells."""

    name = "buyer or seller of the order"
    refusal = "You can only access payments of your orders or your event's orders"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        held: ColumnElement[bool] = model.order_id.in_(select(Order.id).where(answerable.rows(actor, Order)))
        return held

    def allows(self, actor: Actor, row: Any) -> bool:
        return row is not None and row.order is not None and answerable.allows(actor, row.order)


class _Seller(Rule):
    """Users who have bought for an event on whose team the actor is."""

    name = "seller"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        bought: ColumnElement[bool] = model.id.in_(_buyers_from(actor))
        return bought if events_as(actor, TEAM) else false()

    def allows(self, actor: Actor, row: Any) -> bool:
        if row is None or not events_as(actor, TEAM):
            return False
        return row.id in actor.remember("buyers", lambda: set(db.session.scalars(_buyers_from(actor))))


class _UsedCode(Rule):
    """Discount codes that took part in an order of the actor's."""

    name = "user of the code"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return false() if actor.is_anonymous else model.id.in_(_codes_used_by(actor))

    def allows(self, actor: Actor, row: Any) -> bool:
        if actor.is_anonymous or row is None:
            return False
        return row.id in actor.remember("codes used", lambda: set(db.session.scalars(_codes_used_by(actor))))


def _codes_used_by(actor: Actor) -> Any:
    used = Order.discount_code_id.is_not(None)
    return select(Order.discount_code_id).where(Order.user_id == actor.id, used, Order.deleted_at.is_(None))


def _buyers_from(actor: Actor) -> Any:
    return select(Order.user_id).where(Order.event_id.in_(sorted(events_as(actor, TEAM))), Order.deleted_at.is_(None))


attending = _Attending()
seller = _Seller()
used_code = _UsedCode()
# Staff pass as the team of every event.
answerable = coorganizer | itself
readable_order = _Refusing(answerable | attending, "You can only access your orders or your event's orders")
of_answerable_order = _OfAnswerableOrder()
payable_order = _Refusing(answerable, "You can only pay for your orders or your event's orders")
updatable_order = _Refusing(answerable, "Access Forbidden")
# The files of an order, and the mails about it, that one may ask for.
readable_papers = _Refusing(readable_order, "Unauthorized Access")
# The ticket of one attendee: for the buyer, the attendee, and the event's team.
readable_ticket = _Refusing(coorganizer | buyer | themselves, "Unauthorized Access")
receipt_sender = _Refusing(registrar | itself, "Registrar or buyer access is required.")
mail_sender = _Refusing(coorganizer, "Co-Organizer Access Required")
