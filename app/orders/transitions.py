"""The statuses of an order: which may follow which, who may bring that about, and what then happens.

Everything that follows from a status happens here and nowhere else, once, because it hangs on the change. The
caller holds the order's row locked, or has just made it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Flag, auto

from sqlalchemy import func, select, update

from app.events.access import coorganizer
from app.extensions import db
from app.jobs import defer
from app.jsonapi import Actor
from app.jsonapi.errors import ApiError, Conflict, Forbidden, UnprocessableEntity
from app.orders import delivery_tasks
from app.orders.attendee_rules import remove_attendees_of
from app.orders.code_uses import take_uses, uses_of
from app.orders.mails import people_to_tell
from app.orders.models import ENDED, OPEN, SOLD, Attendee, Order
from app.site.services import settings
from app.tickets.stock import take_all

# Payment modes whose money comes after the tickets, and those that leave a record of the payment.
PAID_LATER = ("bank", "cheque", "onsite", "invoice")
RECORDS = {
    "stripe": ("paid_via", "transaction_id", "brand", "last4", "exp_month", "exp_year"),
    "paypal": ("paid_via", "transaction_id"),
}
STATUS = "/data/attributes/status"
# How much longer than an order that is being filled in one may wait for its payment.
PENDING_LONGER = timedelta(minutes=30)


class Party(Flag):
    """In which role somebody acts on an order; admins also act as the team of its event."""

    SERVICE = auto()
    BUYER = auto()
    TEAM = auto()
    STAFF = auto()


def parties(order: Order, actor: Actor) -> Party:
    """Every role the actor has in this order."""
    found = Party.STAFF if actor.is_staff else Party(0)
    if coorganizer.allows(actor, order):
        found |= Party.TEAM
    if order.user_id == actor.id:
        found |= Party.BUYER
    return found


# Conditions


def is_free(order: Order) -> bool:
    """Whether nothing is to be paid."""
    return order.amount == 0


def is_paid_later(order: Order) -> bool:
    """Whether tickets are given out before the money comes."""
    return order.payment_mode in PAID_LATER


def is_paid(order: Order) -> bool:
    """Whether the service itself has seen the money at a payment provider."""
    return bool(order.paid_via and order.transaction_id)


def is_settled(order: Order) -> bool:
    """Whether what has to be paid through a provider is recorded as paid."""
    needed = RECORDS.get(order.payment_mode, ())
    return is_free(order) or all(getattr(order, name) for name in needed)


# Effects


def deliver(order: Order) -> None:
    """Have the tickets made and mailed; nothing is made or mailed twice."""
    defer(delivery_tasks.write_papers, order_id=order.id)


def note_completion(order: Order) -> None:
    """Remember when the order was completed."""
    order.completed_at = order.completed_at or datetime.now(UTC)


def tell_cancelled(order: Order) -> None:
    """Have the buyer and the attendees told, with the organizer's note."""
    moment = datetime.now(UTC).isoformat()
    for attendee_id in people_to_tell(order):
        defer(delivery_tasks.send_cancellation, order_id=order.id, attendee_id=attendee_id, moment=moment)
    defer(delivery_tasks.announce_cancellation, order_id=order.id, moment=moment)


def release(order: Order) -> None:
    """Remove the attendees, which frees their seats."""
    remove_attendees_of(order)


def tell_expired(order: Order) -> None:
    """Have the buyer told that the time to pay is over."""
    if order.user_id is not None:
        defer(delivery_tasks.send_expiry, order_id=order.id, moment=datetime.now(UTC).isoformat())


def hold_again(order: Order) -> None:
    """Bring back whom the end of the order removed, and take seats and uses of codes anew.

    Raises Conflict when one is gone.
    """
    removed = select(func.max(Attendee.deleted_at)).where(Attendee.order_id == order.id).scalar_subquery()
    returning = db.session.execute(
        update(Attendee)
        .where(Attendee.order_id == order.id, Attendee.deleted_at == removed)
        .values(deleted_at=None)
        .returning(Attendee.ticket_id, Attendee.is_discount_applied, Attendee.is_access_code_applied)
    ).all()
    short = take_all(Counter(ticket_id for ticket_id, *_ in returning))
    if short is not None:
        raise Conflict(
            "The seats of this order have been sold to others.", source={"pointer": STATUS, "id": str(short)}
        )
    if not take_uses(order.discount_code_id, order.access_code_id, uses_of(returning)):
        raise Conflict("The code of this order has been used up by others.", pointer=STATUS)


# Deadlines


def deadline(order: Order, hold: timedelta, since: datetime) -> datetime | None:
    """Until when an order holds its seats that has been open `since` then; None for those that wait for nobody.

    `hold` is the time a new order has. Who waits for a payment has longer, and a pending order that costs nothing only
    waits for the service itself.
    """
    if order.status == "initializing":
        return since + hold
    if order.status == "pending" and not is_free(order):
        return since + hold + PENDING_LONGER
    return None


def _deadline_of_moved(order: Order, origin: str) -> datetime | None:
    """An order that is opened again has the time of a new one."""
    since = order.created_at if origin in OPEN else datetime.now(UTC)
    return deadline(order, timedelta(minutes=settings().order_expiry_time), since)


Condition = Callable[[Order], bool]
Effect = Callable[[Order], None]
_followers: list[Effect] = []


def when_ended(effect: Effect) -> Effect:
    """Let this happen too when an order ends: what is built on orders knows more of them, such as who has paid."""
    _followers.append(effect)
    return effect


def follow_end(order: Order) -> None:
    """What else the end of an order causes."""
    db.session.flush()
    for effect in _followers:
        effect(order)


@dataclass(frozen=True)
class Transition:
    """One row of the table: each of the origins may become each of the targets by any of the parties."""

    origins: tuple[str, ...]
    targets: tuple[str, ...]
    by: Party
    then: tuple[Effect, ...] = ()
    only_if: Condition = lambda order: True

    def covers(self, order: Order, target: str, by: Party) -> bool:
        """Whether this row lets these parties bring this order to the target."""
        return order.status in self.origins and target in self.targets and bool(self.by & by) and self.only_if(order)


MANAGERS = Party.TEAM | Party.STAFF
COMPLETION: tuple[Effect, ...] = (note_completion, deliver)
CANCELLATION: tuple[Effect, ...] = (tell_cancelled, release, follow_end)
EXPIRY: tuple[Effect, ...] = (tell_expired, release, follow_end)

TRANSITIONS = (
    Transition(("initializing",), ("pending",), Party.BUYER | MANAGERS),
    Transition(("initializing",), ("placed",), Party.BUYER, (deliver,), only_if=is_paid_later),
    Transition(("initializing",), ("completed",), Party.BUYER, COMPLETION, only_if=is_free),
    Transition(OPEN, ("completed",), Party.SERVICE, COMPLETION, only_if=is_free),
    Transition((*OPEN, "placed"), ("completed",), Party.SERVICE, COMPLETION, only_if=is_paid),
    # Who pays in the last moment has paid, if the seats are still there.
    Transition(("expired",), ("completed",), Party.SERVICE, (hold_again, *COMPLETION), only_if=is_paid),
    Transition(("pending",), ("placed",), Party.SERVICE, (deliver,), only_if=is_paid_later),
    Transition(OPEN, ("placed",), MANAGERS, (deliver,)),
    Transition((*OPEN, "placed"), ("completed",), Party.TEAM, COMPLETION, only_if=is_settled),
    Transition((*OPEN, "placed"), ("completed",), Party.STAFF, COMPLETION),
    Transition((*OPEN, "placed"), ("cancelled",), Party.BUYER | MANAGERS, CANCELLATION),
    Transition(("completed",), ("cancelled",), Party.BUYER, CANCELLATION, only_if=is_free),
    Transition(("completed",), ("cancelled",), MANAGERS, CANCELLATION),
    Transition(OPEN, ("expired",), Party.SERVICE | MANAGERS, EXPIRY),
    Transition(("placed",), ("pending",), MANAGERS),
    # What only admins may: turn back what was concluded.
    Transition(SOLD, ("expired",), Party.STAFF, EXPIRY),
    Transition(("pending", *SOLD), OPEN, Party.STAFF),
    Transition(("completed",), ("placed",), Party.STAFF),
    Transition(ENDED, OPEN, Party.STAFF, (hold_again,)),
    Transition(ENDED, ("placed",), Party.STAFF, (hold_again, deliver)),
    Transition(ENDED, ("completed",), Party.STAFF, (hold_again, *COMPLETION)),
    Transition(("expired",), ("cancelled",), Party.STAFF, (tell_cancelled,)),
)


def move(order: Order, target: str, *, by: Party) -> None:
    """Bring an order to another status, with all that follows; raises Forbidden, UnprocessableEntity or Conflict.

    An order whose time has run out is ended first, so that whatever happens to it happens to an expired order.
    """
    if target != "expired" and order.is_over:
        move(order, "expired", by=Party.SERVICE)
    row = next((row for row in TRANSITIONS if row.covers(order, target, by)), None)
    if row is None:
        raise _refusal(order, target, by)
    origin, order.status = order.status, target
    order.expires_at = _deadline_of_moved(order, origin) if target in OPEN else None
    if target not in OPEN:
        order.payment_url = None
    for effect in row.then:
        effect(order)
    db.session.flush()


def _refusal(order: Order, target: str, by: Party) -> ApiError:
    if order.status in ENDED:
        return Forbidden(f"You cannot update the status of {_article(order.status)} order", pointer=STATUS)
    if target == "completed" and by & Party.TEAM and not is_settled(order):
        detail = f"insufficient data to verify {order.payment_mode} payment"
        return UnprocessableEntity(detail, pointer="/data/attributes/payment-mode")
    if order.status == "completed" and not is_free(order):
        return Forbidden("You cannot update the status of a completed paid order", pointer=STATUS)
    return Forbidden(f"You cannot change the status of this order from {order.status} to {target}", pointer=STATUS)


def _article(status: str) -> str:
    return f"{'an' if status[0] in 'aeiou' else 'a'} {status}"
