"""The rules of labels: how they are named, and which attendees may carry them."""

from __future__ import annotations

from sqlalchemy import select, update

from app.extensions import db
from app.jsonapi import Given, leave_deleting
from app.jsonapi.errors import Conflict, Invalid, UnprocessableEntity
from app.orders.models import Attendee, Tag

NAME = "/data/attributes/name"
READ_ONLY = "/data/attributes/is-read-only"


def check_new_tag(tag: Tag, given: Given) -> None:
    """Refuse a label without a name, or with the name of another one of the event."""
    given.pop("deleted_at", None)
    _check_name(tag.event.id, given["name"])


def check_tag_change(tag: Tag, changes: Given) -> None:
    """Refuse another name for a read-only label, and names that others of the event have."""
    leave_deleting(changes)
    if tag.is_read_only and changes.keys() & {"name", "is_read_only"}:
        raise Conflict("Cannot update read-only tag", pointer=READ_ONLY)
    if changes.keys() & {"name", "deleted_at"}:
        _check_name(tag.event_id, changes.get("name", tag.name), other_than=tag.id)


def check_tag_deletion(tag: Tag) -> None:
    """Refuse to delete a read-only label."""
    if tag.is_read_only:
        raise Conflict("Cannot delete read-only tag", pointer=READ_ONLY)


def take_off(tag: Tag) -> None:
    """Take a deleted label off every attendee who carries it."""
    statement = update(Attendee).where(Attendee.tag_id == tag.id).values(tag_id=None)
    db.session.execute(statement.execution_options(synchronize_session="fetch"))


def check_label(event_id: int, given: Given) -> None:
    """Refuse a label that the event does not have; it is kept from being deleted until the transaction ends."""
    if given.get("tag_id") is None:
        return
    own = (Tag.id == given["tag_id"], Tag.event_id == event_id, Tag.deleted_at.is_(None))
    if db.session.scalar(select(Tag.id).where(*own).with_for_update(read=True)) is None:
        raise UnprocessableEntity("The event has no such tag.", pointer="/data/attributes/tag-id")


def _check_name(event_id: int, name: str, *, other_than: int | None = None) -> None:
    if not name.strip():
        raise Invalid.attribute("name", "Field may not be blank.")
    same = (Tag.event_id == event_id, Tag.name == name, Tag.deleted_at.is_(None), Tag.id.is_distinct_from(other_than))
    if db.session.scalar(select(Tag.id).where(*same)) is not None:
        raise Conflict("Name already exists", pointer=NAME)
