"""The rules of codes as they are made, changed and deleted; what they are good for is in `codes`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select

from app.events.belonging import check_same_event
from app.events.models import Event
from app.extensions import db
from app.jsonapi import Actor, Given, leave_deleting
from app.jsonapi.errors import Conflict, Forbidden, UnprocessableEntity
from app.tickets import uses
from app.tickets.codes import spelt
from app.tickets.models import AccessCode, DiscountCode, DiscountCodeUses, Ticket
from app.tickets.uses import Code

MOST_PER_ORDER = 100  # A discount code's max-quantity where none is given.
EVENT_CODE_NEEDS_ADMIN = "Please verify your permission or check your relationship"

History = Callable[[Any], ColumnElement[bool]]
_histories: list[History] = []


def add_history(criterion: History) -> History:
    """Let a domain above say which codes have a history, such as those that an order names.

    The criterion is for `DiscountCode` or `AccessCode`, whichever it is given. What has a history is
    never deleted for good.
    """
    _histories.append(criterion)
    return criterion


# New codes


def prepare_discount_code(given: Given) -> str:
    """Complete what a new discount code is described by; returns what it is for. Raises Conflict.

    An event code that names one event, as clients of ticket codes do, means that as its only one.
    """
    used_for = given.get("used_for")
    if used_for not in ("event", "ticket"):
        raise Conflict("used-for is either event or ticket", pointer="/data/attributes/used-for")
    if used_for == "event":
        event = given.pop("event", None)
        if event is not None:
            given.setdefault("events", [event])
    given.pop("tickets" if used_for == "event" else "events", None)
    _fill_limits(given)
    return str(used_for)


def _fill_limits(given: Given) -> None:
    """What is not said: one to a hundred per order, as far as there are that many uses."""
    number = given.get("tickets_number")
    within = [] if number is None else [number]
    given.setdefault("min_quantity", min([1, *within]))
    given.setdefault("max_quantity", min([max(MOST_PER_ORDER, given["min_quantity"] or 0), *within]))


def check_discount_code_maker(code: DiscountCode, *, actor: Actor) -> None:
    """Refuse an event code by anybody but administrators, and a ticket code without its event."""
    if code.used_for == "event" and not actor.is_staff:
        raise Forbidden(EVENT_CODE_NEEDS_ADMIN)
    if code.used_for == "ticket" and code.event is None:
        raise UnprocessableEntity(
            "A valid relationship with event resource is required", pointer="/data/relationships/event"
        )


def check_new_discount_code(code: DiscountCode, given: Given, *, actor: Actor) -> None:
    """Refuse a code that its event has already, or for tickets of others, and note who made it."""
    given.pop("deleted_at", None)
    given["marketer_id"] = actor.id
    _check_links(code, given)
    _check_free(DiscountCode, given["code"], _events_of(code, given))


def check_new_access_code(code: AccessCode, given: Given, *, actor: Actor) -> None:
    """Refuse a code that its event has already, or for tickets that need none; its maker is its marketer."""
    given.pop("deleted_at", None)
    if code.marketer is None:
        given.pop("marketer", None)
        given["marketer_id"] = actor.id
    _check_opened(code.event.id, given.get("tickets", ()))
    _check_free(AccessCode, given["code"], [code.event])


# Changes


def check_discount_code_change(code: DiscountCode, changes: Given) -> None:
    """Refuse a change that would leave a code that may not be; raises Conflict, UnprocessableEntity."""
    if "used_for" in changes:
        raise Conflict("Cannot modify discount code usage type", pointer="/data/attributes/used-for")
    changes.pop("tickets" if code.used_for == "event" else "events", None)
    _check_links(code, changes)
    _check_change(code, changes, _events_of(code, changes))


def check_access_code_change(code: AccessCode, changes: Given) -> None:
    """Refuse a change that would leave a code that may not be; raises Conflict, UnprocessableEntity."""
    _check_opened(code.event_id, changes.get("tickets", ()))
    _check_change(code, changes, [code.event])


def _check_change(code: Code, changes: Given, events: Sequence[Event]) -> None:
    leave_deleting(changes)
    if {"code", "deleted_at", "events"} & changes.keys():
        _check_free(type(code), changes.get("code", code.code), events, other_than=code.id)
    if changes.get("tickets_number") is not None:
        _check_number(code, changes["tickets_number"])


def _check_number(code: Code, number: int) -> None:
    used = uses.used_of(code)
    if number < used:
        raise Conflict(
            f"tickets-number cannot be lower than the {used} uses that are sold or reserved",
            pointer="/data/attributes/tickets-number",
        )


# What both have to obey


def _events_of(code: DiscountCode, given: Given) -> Sequence[Event]:
    if code.used_for == "event":
        return [*given["events"]] if "events" in given else code.events
    return [code.event] if code.event is not None else []


def _check_links(code: DiscountCode, given: Given) -> None:
    if code.event is not None:
        check_same_event("tickets", code.event.id, given.get("tickets", ()))
    if given.get("events"):
        _check_without_code(given["events"], code)


def _check_without_code(events: Sequence[Event], code: DiscountCode) -> None:
    """Refuse events that point at another live code; they are locked, so that only one gets there first."""
    ids = sorted(event.id for event in events)
    db.session.execute(select(Event.id).where(Event.id.in_(ids)).order_by(Event.id).with_for_update())
    pointing = (
        select(Event.id)
        .join(DiscountCode, DiscountCode.id == Event.discount_code_id)
        .where(Event.id.in_(ids), DiscountCode.deleted_at.is_(None), DiscountCode.id.is_distinct_from(code.id))
    )
    if db.session.scalar(pointing.limit(1)) is not None:
        raise UnprocessableEntity(
            "A Discount Code already exists for the provided Event ID", pointer="/data/relationships/events"
        )


def _check_free(model: Any, text: str, events: Sequence[Event], *, other_than: int | None = None) -> None:
    """Refuse a code that one of the events has already, whether for its tickets or for all of it."""
    if not events:
        return
    ids = [event.id for event in events]
    of_events: ColumnElement[bool] = model.event_id.in_(ids)
    if model is DiscountCode:
        pointed = select(Event.discount_code_id).where(Event.id.in_(ids), Event.discount_code_id.is_not(None))
        of_events = or_(of_events, DiscountCode.id.in_(pointed))
    same = select(model.id).where(spelt(model, text), of_events, model.deleted_at.is_(None))
    if db.session.scalar(same.where(model.id.is_distinct_from(other_than)).limit(1)) is not None:
        name = "Discount Code" if model is DiscountCode else "Access Code"
        raise Conflict(f"{name} already exists", pointer="/data/attributes/code")


def _check_opened(event_id: int, tickets: Sequence[Ticket]) -> None:
    """Refuse tickets that everybody sees anyway, and those of other events."""
    check_same_event("tickets", event_id, tickets)
    for ticket in tickets:
        if not ticket.is_hidden:
            raise Conflict(
                f"Ticket with id {ticket.id} is public. Access code cannot be applied to public tickets",
                pointer="/data/relationships/tickets",
            )


# Deletion


def check_removal(code: Code) -> None:
    """Refuse to delete for good what has a history; sales of the code wait until it is gone."""
    model = type(code)
    used = uses.used_of(code)
    past = [criterion(model) for criterion in _histories]
    if used or (past and db.session.scalar(select(model.id).where(model.id == code.id, or_(*past)))):
        raise Conflict("A code that was used is not deleted for good.", parameter="permanent")


def delete_unused(event: Event) -> int:
    """Delete for good the event's ticket codes that no order ever named; returns how many those were."""
    mine = (DiscountCode.event_id == event.id, DiscountCode.deleted_at.is_(None))
    # Locked first, so that a code whose first use is being taken at this moment stays.
    unused = (
        select(DiscountCodeUses.discount_code_id)
        .join(DiscountCode, DiscountCode.id == DiscountCodeUses.discount_code_id)
        .where(*mine, DiscountCodeUses.used == 0)
        .order_by(DiscountCodeUses.discount_code_id)
        .with_for_update(of=DiscountCodeUses)
    )
    ids = db.session.scalars(unused).all()
    without_past = [~criterion(DiscountCode) for criterion in _histories]
    gone = delete(DiscountCode).where(DiscountCode.id.in_(ids), *without_past).returning(DiscountCode.id)
    return len(db.session.scalars(gone.execution_options(synchronize_session=False)).all())
