"""An event is copied: who may, what the copy is made of, and what follows."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app
from sqlalchemy import or_, select, union_all
from sqlalchemy.exc import DataError

from app.events.models import Event
from app.events.services import MODULE_OF, UNVERIFIED, free_identifier, settle_copy
from app.extensions import db
from app.jsonapi import Actor
from app.jsonapi.errors import Forbidden, Invalid, NotFound
from app.site.services import is_permitted, require_module
from app.tickets.models import Ticket
from app.tickets.modules import check_modules
from app.transfer.media import give_files_of_their_own
from app.transfer.plan import COPIED
from app.transfer.request import Wishes, pointer_to
from app.transfer.statement import copying, is_time, rows_of

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def copy_event(source: Event, wishes: Wishes, *, actor: Actor) -> Event:
    """A new draft of the actor's own with all that the plan copies of an event; raises Forbidden, Invalid, NotFound.

    The number of statements does not depend on the number of rows.
    """
    _check_copier(source, actor=actor)
    if wishes.starts_at is not None and source.starts_at is None:
        raise _unmovable(wishes, "The event has no date from which to move.")
    copy_id = _write(source, wishes, actor=actor)
    if wishes.starts_at is not None:  # Before the copy is read: times beyond the calendar cannot be.
        _check_times(copy_id, wishes)
    event = db.session.get_one(Event, copy_id)
    settle_copy(event, actor=actor)
    give_files_of_their_own(event)
    return event


def _check_copier(source: Event, *, actor: Actor) -> None:
    """Refuse what the actor could not make by hand either: events, or what needs a module that is off."""
    if not is_permitted("create_event", actor):
        raise Forbidden(UNVERIFIED)
    for name, module in MODULE_OF.items():
        if getattr(source, name):
            require_module(module, actor=actor)
    types = db.session.scalars(
        select(Ticket.type).where(Ticket.event_id == source.id, Ticket.deleted_at.is_(None)).distinct()
    ).all()
    if types:
        check_modules(types, actor=actor)


def _write(source: Event, wishes: Wishes, *, actor: Actor) -> int:
    """Write the rows of the copy; its id."""
    told = {
        "source_id": source.id,
        "copier_id": actor.id,
        "identifier": free_identifier(),
        "name": wishes.name,
        "starts_at": wishes.starts_at,
        "frontend": current_app.config["FRONTEND_URL"],
    }
    try:
        copy_id: int | None = db.session.scalar(copying(), told)
    except DataError as error:
        if wishes.starts_at is None:
            raise
        raise _too_far(wishes) from error  # Further than even the database goes.
    if copy_id is None:
        raise NotFound(f"Event: {source.id} not found", parameter="event_id")
    return copy_id


def _check_times(event_id: int, wishes: Wishes) -> None:
    """Refuse a move by which a time leaves the calendar, which ends with the year 9999."""
    outside = []
    for copied in COPIED:
        times = [column for column in copied.table.c if is_time(column)]
        if times:
            beyond = or_(*(or_(column < FIRST, column > LAST) for column in times))
            outside.append(select(1).where(rows_of(copied, event_id), beyond))
    if db.session.scalar(union_all(*outside).limit(1)) is not None:
        raise _too_far(wishes)


def _too_far(wishes: Wishes) -> Invalid:
    return _unmovable(wishes, "A date would lie outside of the years 1 to 9999.")


def _unmovable(wishes: Wishes, detail: str) -> Invalid:
    return Invalid([(pointer_to("starts_at", wishes.pointer), detail)])
