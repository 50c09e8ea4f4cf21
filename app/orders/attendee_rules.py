"""The rules of attendees: who may be entered for which ticket, what of them changes when, and their check-in.

A live attendee of an order holds one place of the ticket, and a use of each code they came by. Whoever ends an order
removes its attendees by `remove_attendees_of`, which gives everything back exactly once.
"""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, or_, select, update

from app.events.access import coorganizer
from app.events.models import Event
from app.extensions import db
from app.jsonapi import Actor, Given
from app.jsonapi.errors import Conflict, UnprocessableEntity
from app.jsonapi.lookup import matches
from app.orders.attendee_answers import check_changed_answers, check_first_answers
from app.orders.code_uses import give_uses_back, take_uses, uses_of
from app.orders.models import Attendee, Order
from app.orders.tags import check_label
from app.site.models import Setting
from app.tickets import stock
from app.tickets.models import Ticket
from app.users.models import User
from app.users.services import add_obstacle

# The statuses of an order whose attendees hold places.
HOLDING = ("initializing", "pending", "placed", "completed")
# What may still change once the order has left its first status: check-in, badge and label.
CHECK_IN = frozenset(
    {
        "is_checked_in", "checkin_times", "device_name_checkin", "is_checked_out", "checkout_times",
        "attendee_notes", "is_badge_printed", "badge_printed_at", "tag_id",
    }
)  # fmt: skip
NO_DEVICE = "-"


# Entering attendees


def check_new_attendee(attendee: Attendee, given: Given, *, actor: Actor) -> None:
    """Refuse an attendee for a ticket that cannot be had; fill in what the server sets.

    The place is taken when the order is placed: here it is only made sure that there is one.
    """
    given.pop("deleted_at", None)
    ticket = attendee.ticket
    if ticket.event_id != attendee.event.id:
        raise UnprocessableEntity("Ticket belongs to a different Event", pointer="/data/relationships/ticket")
    if ticket.is_hidden and not coorganizer.allows(actor, ticket):
        raise invalid_ticket()
    if stock.available([ticket.id])[ticket.id] < 1:
        raise sold_out(ticket)
    check_first_answers(attendee, given)
    check_label(attendee.event.id, given)
    _check_first_check_in(given)
    given.update(identifier=new_identifiers(1)[0], created_by_id=actor.id)


def invalid_ticket() -> UnprocessableEntity:
    """The answer to a ticket that does not exist, or that this actor may not know of."""
    return UnprocessableEntity("Invalid Ticket", pointer="/data/relationships/ticket")


def sold_out(ticket: Ticket) -> Conflict:
    """The answer where no place is left."""
    return Conflict(f'Ticket "{ticket.name}" already sold out', pointer="/data/attributes/ticket-id")


def new_identifiers(number: int) -> list[str]:
    """So many times six hex digits that tell the attendees of an order apart."""
    found: dict[str, None] = {}
    while len(found) < number:
        found[secrets.token_hex(3)] = None
    return list(found)


# Changing attendees


def allowed_update(attendee: Attendee, given: Given) -> Given:
    """What of a change applies in the state the attendee is in.

    Deleted ones can only be restored, and once the order has left its first status only the
    check-in changes, with the badge and the label. Raises UnprocessableEntity for a change that is none of these.
    """
    if attendee.deleted_at is not None:
        return {name: value for name, value in given.items() if name == "deleted_at" and value is None}
    given.pop("deleted_at", None)
    if attendee.order is not None and (attendee.order.status != "initializing" or attendee.order.is_over):
        if "checkin_times" not in given and given.keys() != {"tag_id"}:
            raise UnprocessableEntity(
                "Attendee can't be updated because the corresponding order is not in initializing state",
                pointer="/data/id",
            )
        given = {name: value for name, value in given.items() if name in CHECK_IN}
    check_changed_answers(attendee, given)
    check_label(attendee.event_id, given)
    return given | _check_in(attendee, given) | _check_out(attendee, given) | _notes(attendee, given)


def take_place_again(attendee: Attendee) -> None:
    """Take the place of an attendee who is restored; raises Conflict when there is none or the order is over."""
    if attendee.order_id is None:
        return
    # Held, so that an order that ends meanwhile does not keep the place.
    status = db.session.scalar(select(Order.status).where(Order.id == attendee.order_id).with_for_update(read=True))
    if status not in HOLDING:
        raise Conflict("The order of this attendee is over", pointer="/data/id")
    if not stock.take(attendee.ticket_id, 1):
        raise sold_out(attendee.ticket)
    order = db.session.get_one(Order, attendee.order_id)
    if not take_uses(order.discount_code_id, order.access_code_id, uses_of([attendee])):
        raise Conflict("The code of this attendee's order has been used up by others", pointer="/data/id")


# Check-in: times and devices are parallel lists, joined by commas on the wire and in the table.


def _check_first_check_in(given: Given) -> None:
    times, devices = _items(given.get("checkin_times")), _items(given.get("device_name_checkin"))
    if devices and not given.get("is_checked_in"):
        raise _refused("device-name-checkin", "Attendee needs to be checked in first")
    if devices and len(devices) != len(times):
        raise _refused("device-name-checkin", "Check in Times missing for the corresponding device name")
    if times and not devices:
        given["device_name_checkin"] = _joined([NO_DEVICE] * len(times))


def _check_in(attendee: Attendee, given: Given) -> Given:
    """The check-in with what is new in the request appended; clients send it with or without the earlier times."""
    times, devices = _items(given.get("checkin_times")), _items(given.get("device_name_checkin"))
    if devices and not times:
        raise _refused("device-name-checkin", "Check in Times missing")
    if given.get("is_checked_in") and not times:
        raise _refused("checkin-times", "Check in time missing while trying to check in attendee")
    held = _items(attendee.checkin_times)
    new = [time for time in dict.fromkeys(times) if time not in held]
    added = _devices_of(new, times, devices)
    kept = _items(attendee.device_name_checkin)
    return {
        "checkin_times": _joined(held + new),
        "device_name_checkin": _joined(kept + [NO_DEVICE] * (len(held) - len(kept)) + added),
    }


def _devices_of(new: list[str], times: list[str], devices: list[str]) -> list[str]:
    """The device of each new time, out of devices given for all times of the request or for the new ones."""
    if not devices:
        return [NO_DEVICE] * len(new)
    if len(devices) == len(times):
        by_time = dict(zip(times, devices, strict=True))
        return [by_time[time] for time in new]
    if len(devices) == len(new):
        return devices
    raise _refused("device-name-checkin", "Check in Time missing for the corresponding device name")


def _check_out(attendee: Attendee, given: Given) -> Given:
    """The times of leaving; the server notes the time when the client only says that somebody left."""
    held = _items(attendee.checkout_times)
    new = [time for time in dict.fromkeys(_items(given.get("checkout_times"))) if time not in held]
    if given.get("is_checked_out") and not attendee.is_checked_out and not new:
        new = [datetime.now(UTC).isoformat(timespec="seconds")]
    return {"checkout_times": _joined(held + new)}


def _notes(attendee: Attendee, given: Given) -> Given:
    """The notes with a new one appended; text that holds the earlier notes replaces them."""
    held, new = attendee.attendee_notes, given.get("attendee_notes")
    if not held or not new or new.startswith(held):
        return {"attendee_notes": new or held}
    return {"attendee_notes": held if new in held else f"{held},{new}"}


def _items(text: str | None) -> list[str]:
    return [item.strip() for item in (text or "").split(",") if item.strip()]


def _joined(items: list[str]) -> str | None:
    return ",".join(items) or None


def _refused(attribute: str, detail: str) -> UnprocessableEntity:
    return UnprocessableEntity(detail, pointer=f"/data/attributes/{attribute}")


# Removing attendees


def hold_order_of(reference: object) -> None:
    """Hold the order of the attendee with this id until the transaction ends; whoever ends an order holds it first.

    The other way round, somebody who removes an attendee and somebody who ends the order would wait for each other.
    """
    statement = select(Order.id).join(Attendee, Attendee.order_id == Order.id).where(matches(Attendee, reference))
    db.session.execute(statement.with_for_update(of=Order))


def free_place(attendee: Attendee) -> None:
    """Give the place of an attendee back who is about to be deleted; one who is deleted already holds none."""
    if attendee.deleted_at is None and attendee.order_id is not None:
        stock.give_back({attendee.ticket_id: 1})
        give_uses_back(attendee.order_id, uses_of([attendee]))


def remove_attendees_of(order: Order) -> None:
    """Delete an order's attendees (softly) when it ends, and give back their seats and uses of codes.

    The order's row is locked by the caller, so that each is given back once; who is deleted already holds none.
    """
    removed = db.session.execute(
        update(Attendee)
        .where(Attendee.order_id == order.id, Attendee.deleted_at.is_(None))
        .values(deleted_at=datetime.now(UTC))
        .returning(Attendee.ticket_id, Attendee.is_discount_applied, Attendee.is_access_code_applied)
    ).all()
    stock.give_back(Counter(row.ticket_id for row in removed))
    give_uses_back(order.id, uses_of(removed))


def delete_forgotten_attendees() -> int:
    """Remove for good whom nobody placed an order for within the time orders have; how many that were."""
    minutes = db.session.scalars(select(Setting.order_expiry_time)).one()
    entered_before = datetime.now(UTC) - timedelta(minutes=minutes)
    statement = delete(Attendee).where(Attendee.order_id.is_(None), Attendee.created_at < entered_before)
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount


# What attendees keep from being deleted


@add_obstacle
def attends_coming_event(user: User) -> str | None:
    """Why the account of somebody cannot be deleted who attends, by their address, an event that is not over yet."""
    theirs = func.lower(Attendee.email) == func.lower(user.email)
    to_come = or_(Event.ends_at.is_(None), Event.ends_at > func.now())
    found = (
        select(Attendee.id)
        .join(Attendee.order)
        .join(Attendee.event)
        .where(theirs, to_come, Attendee.deleted_at.is_(None), Order.status.in_(HOLDING))
    )
    return "Users associated with orders cannot be deleted" if db.session.scalar(found.limit(1)) else None
