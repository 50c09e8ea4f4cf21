"""The plan says of every table, column and address that belongs to events what becomes of it in a copy."""

from __future__ import annotations

import re
from collections.abc import Collection

from sqlalchemy import Column, Table

from app import load_domains
from app.events.models import Event
from app.extensions import db
from app.transfer.plan import COPIED, LEFT_OUT, Copied
from app.transfer.statement import references

load_domains()
TABLES = {name: table for name, table in db.metadata.tables.items() if not name.startswith("kit_")}


def belonging_to_events() -> set[str]:
    """The tables from which foreign keys lead to events, directly or through others."""
    found = {Event.__tablename__}
    while more := {name for name, table in TABLES.items() if refers_to(table, found)} - found:
        found |= more
    return found


def refers_to(table: Table, names: Collection[str]) -> bool:
    """Whether a foreign key leads from the table to one of these."""
    return any(key.column.table.name in names for key in table.foreign_keys)


def undeclared(copied: Copied) -> list[str]:
    """References out of the copy of which the plan does not say whether they are kept."""
    inside = {each.column.name for each in references(copied)}
    leading_out = (column for column in copied.table.c if column.foreign_keys and column.name not in inside)
    return [str(each) for each in leading_out if not is_declared(copied, each)]


def is_declared(copied: Copied, column: Column[int]) -> bool:
    """Whether the plan names the column, or it leads to a table that is left out and may lead to nothing."""
    (key,) = column.foreign_keys
    return column.name in copied.values | dict.fromkeys(copied.kept) or (
        key.column.table.name in LEFT_OUT and bool(column.nullable)
    )


def test_every_table_that_belongs_to_events_is_copied_or_left_out_for_a_reason() -> None:
    copied = [each.table.name for each in COPIED]
    assert sorted([*copied, *LEFT_OUT]) == sorted(belonging_to_events())
    assert all(LEFT_OUT.values())


def test_table_in_neither_list_is_found() -> None:
    assert {"invoices", "custom_form_options", "speaker_bookings"} <= belonging_to_events()
    assert not {"users", "roles", "event_types", "notifications"} & belonging_to_events()


def test_every_reference_out_of_a_copy_is_declared() -> None:
    assert [name for copied in COPIED for name in undeclared(copied)] == []


def test_undeclared_reference_is_found() -> None:
    assert undeclared(Copied(TABLES["discount_codes"])) == ["discount_codes.marketer_id"]
    assert undeclared(Copied(TABLES["stripe_authorizations"])) == []
    assert undeclared(Copied(TABLES["access_codes_tickets"], of=None)) == ["access_codes_tickets.access_code_id"]


def test_every_address_is_declared_as_a_file_or_a_link() -> None:
    for copied in COPIED:
        addresses = {column.name for column in copied.table.c if re.search(r"(^|_)url$", column.name)}
        assert addresses <= copied.media | copied.links, copied.table.name
        assert not copied.media & copied.links, copied.table.name


def test_plan_names_only_what_there_is() -> None:
    for copied in COPIED:
        named = {*copied.values, *copied.kept, *copied.media, *copied.links, *filter(None, [copied.of])}
        assert named <= set(copied.table.c.keys()), copied.table.name
        # Every table but events and mere links hangs on what is copied too.
        assert (copied.of is None) == ("id" not in copied.table.c or copied.table is Event.__table__), copied.table.name
        assert copied.of is None or copied.of in {each.column.name for each in references(copied)}, copied.table.name
