"""What a code is good for: found, checked against an order or a quote, and what it covers.

Nothing is changed here; uses are taken by `uses`, which is what holds when many buyers come at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.events.models import Event
from app.extensions import db
from app.jsonapi.errors import NotFound, UnprocessableEntity
from app.jsonapi.lookup import id_of
from app.tickets import uses
from app.tickets.models import AccessCode, DiscountCode, Ticket, access_codes_tickets, discount_codes_tickets
from app.tickets.schemas import FREE
from app.tickets.uses import Code

Source = dict[str, str]


@dataclass(frozen=True)
class Complaints:
    """In which words a discount code is refused, and what each error names as its source."""

    inactive: tuple[str, Source]  # Switched off, or outside its validity.
    exhausted: tuple[str, Source]  # Fewer uses left than wanted.
    exceeded: tuple[str, Source]  # Fewer or more attendees than one order may have.
    foreign: tuple[str, Source]  # Of another event.
    uncovered: tuple[str, Source]  # For none of the tickets at hand.


_ORDER = {"pointer": "/data/relationships/discount-code", "source": "discount_code_id"}
_QUOTE = {"pointer": "discount_code_id"}
ORDER = Complaints(
    inactive=("Inactive Discount Code", _ORDER),
    exhausted=("Discount Usage Exceeded", _ORDER),
    exceeded=("Discount Usage Exceeded", _ORDER),
    foreign=("Invalid Discount Code", _ORDER),
    uncovered=("Discount Usage Exceeded", _ORDER),
)
QUOTE = Complaints(
    inactive=("Invalid Discount Code", _QUOTE),
    exhausted=("Discount tickets sold out.", {"pointer": "discount_sold_out"}),
    exceeded=("Discount Usage Exceeded", _QUOTE),
    foreign=("Invalid Discount Code", _QUOTE),
    uncovered=("Invalid Discount Code", _QUOTE),
)
_ACCESS = {"pointer": "/data/relationships/access-code", "source": "access_code"}


def refused(complaint: tuple[str, Source]) -> UnprocessableEntity:
    """The error for one of the complaints, such as `refused(ORDER.exhausted)` where `uses.take` failed."""
    detail, source = complaint
    return UnprocessableEntity(detail, source=dict(source))


# Finding codes


def find_discount_code(reference: object) -> DiscountCode | None:
    """The live discount code with this id; None where there is no id. Raises NotFound."""
    code: DiscountCode | None = _found(DiscountCode, reference, "discount_code_id")
    return code


def find_access_code(reference: object) -> AccessCode | None:
    """The live access code with this id; None where there is no id. Raises NotFound."""
    code: AccessCode | None = _found(AccessCode, reference, "access_code_id")
    return code


def _found(model: Any, reference: object, parameter: str) -> Any:
    if reference is None or reference == "":
        return None
    known = id_of(reference)
    row = db.session.scalar(select(model).where(model.id == known, model.deleted_at.is_(None))) if known else None
    if row is None:
        raise NotFound(f"{model.__name__}: {reference} not found", parameter=parameter)
    return row


def counts_for(model: Any, event: Event) -> ColumnElement[bool]:
    """The criterion for the live codes of an event, its event code among them."""
    own: ColumnElement[bool] = model.event_id == event.id
    if model is DiscountCode and event.discount_code_id is not None:
        own = or_(own, DiscountCode.id == event.discount_code_id)
    return and_(own, model.deleted_at.is_(None))


def spelt(model: Any, text: str) -> ColumnElement[bool]:
    """The criterion for codes of these letters, capitals or not."""
    criterion: ColumnElement[bool] = func.lower(model.code) == func.lower(text)
    return criterion


# What a code covers


def covered_tickets(code: Code, event: Event) -> ColumnElement[bool]:
    """The criterion for the live tickets that a code is shown with to those who know it, hidden ones among them."""
    if isinstance(code, DiscountCode) and code.used_for == "event":
        sold = and_(Ticket.event_id == event.id, Ticket.is_hidden.is_(False), Ticket.type.not_in(FREE))
        return and_(sold, Ticket.deleted_at.is_(None))
    links = discount_codes_tickets if isinstance(code, DiscountCode) else access_codes_tickets
    key = links.c.discount_code_id if isinstance(code, DiscountCode) else links.c.access_code_id
    return and_(Ticket.id.in_(select(links.c.ticket_id).where(key == code.id)), Ticket.deleted_at.is_(None))


def covers(code: Code, ticket: Ticket) -> bool:
    """Whether a code applies to a ticket: a discount to what costs something, an access code to what it opens."""
    if isinstance(code, AccessCode):
        return ticket in code.tickets
    if ticket.type in FREE:
        return False
    return ticket.event.discount_code_id == code.id if code.used_for == "event" else ticket in code.tickets


def is_of(code: Code, event: Event) -> bool:
    """Whether a code counts for this event."""
    if isinstance(code, DiscountCode) and code.used_for == "event":
        return event.discount_code_id == code.id
    return code.event_id == event.id


def is_valid(code: Code, event: Event, now: datetime) -> bool:
    """Whether a code is inside its time; without a start it always was, without an end it ends with the event."""
    ends_at = code.valid_till or event.ends_at
    return (code.valid_from is None or code.valid_from <= now) and (ends_at is None or now <= ends_at)


# Checking codes


def check_discount_code(
    code: DiscountCode,
    event: Event,
    covered: int,
    now: datetime,
    *,
    complaints: Complaints = ORDER,
    whole: bool = True,
) -> None:
    """Refuse a code that an order for `event` may not use; raises UnprocessableEntity.

    `covered` is how many attendees hold tickets that the code covers. With `whole` all of them are to
    have it, without it is enough that one use is left and the others pay in full. The order of the
    checks is the contract's.
    """
    if not code.is_active or not is_valid(code, event, now):
        raise refused(complaints.inactive)
    left = uses.left(code)
    if left is not None and left < (max(covered, 1) if whole else 1):
        raise refused(complaints.exhausted)
    if covered and not _is_within(code, covered):
        raise refused(complaints.exceeded)
    if not is_of(code, event):
        raise refused(complaints.foreign)
    if not covered and (code.min_quantity or complaints is QUOTE):
        raise refused(complaints.uncovered)


def check_access_code(
    code: AccessCode, event: Event, ticket: Ticket, number: int, now: datetime, *, in_order: int | None = None
) -> None:
    """Refuse a code that does not open this hidden ticket for so many attendees; raises UnprocessableEntity.

    `in_order` is how many attendees of the whole order the code covers, where those are more than
    the `number` who hold this ticket: the code's limits and uses are for the order.
    """
    whole = number if in_order is None else in_order
    if not code.is_active or not is_valid(code, event, now):
        raise refused(("Inactive Access Code", _ACCESS))
    if not is_of(code, event) or not covers(code, ticket):
        raise refused((f"Access code is not valid for ticket {ticket.name}", _ACCESS))
    if not _is_within(code, whole):
        raise refused((f"Access code for ticket {ticket.name} cannot be used for {whole} attendees", _ACCESS))
    left = uses.left(code)
    if left is not None and left < whole:
        raise access_exhausted(ticket, left)


def access_exhausted(ticket: Ticket, left: int) -> UnprocessableEntity:
    """The error where an access code has fewer uses left than are wanted for this ticket."""
    detail = f"Access code for ticket {ticket.name} is exhausted, only {left} quantity is available"
    return refused((detail, _ACCESS))


def _is_within(code: Code, number: int) -> bool:
    """Whether one order may use the code for so many attendees; an access code's zero limits nothing."""
    most = code.max_quantity
    if isinstance(code, AccessCode) and most == 0:
        most = None
    return (code.min_quantity or 0) <= number and (most is None or number <= most)
