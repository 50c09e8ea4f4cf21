"""Who may write what: the table in writable.csv, compared with what a PATCH by each kind of person changes.

One row per attribute that a schema reads: the lowest kind whose change is kept, further kinds in
`also`. Attributes that are not listed are
read-only. `--write` adds rows for new attributes as the server behaves; read them before you keep them.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from marshmallow import fields, validate
from sqlalchemy import update

from app import create_app
from app.api import registry
from app.edge import Service
from app.extensions import db
from app.jsonapi import Email, Int, Json, Number, Url
from app.jsonapi.schema import column_of
from app.orders.models import Order
from tests.unittests.architecture.test_access_table import observed, undone
from tests.unittests.architecture.world import KINDS, OWNERS, World, build, named
from tests.unittests.client import ApiClient, document
from tests.unittests.databases import rolled_back

TABLE = Path(__file__).with_name("writable.csv")
# Values that a field's kind cannot tell.
VALUES: dict[str, object] = {
    "event.timezone": "Asia/Tokyo",
    "event.state": "draft",
    "event.privacy": "private",
    "event.payment_currency": "JPY",
    "event.payment_country": "JP",
    "event.document_links": [{"name": "a", "link": "https://example.com"}],
    "attendee.complex_field_values": {"size": "L"},
    "exhibitor.social_links": [{"name": "a", "link": "https://example.com"}],
    "event-copyright.year": 2020,
    "setting.order_expiry_time": 20,
    "setting.max_complex_custom_fields": 20,
    "session.complex_field_values": {"mood": "calm"},
    "session.state": "withdrawn",
    "ticket.type": "free",
    "discount-code.tickets_number": 200,
    "track.color": "#c0ffee",
    "session-type.length": "01:15",
    "discount-code.valid_till": "2040-01-01T00:00:00Z",
    "ticket.min_order": 2,
    "setting.invoice_sending_timezone": "Asia/Tokyo",
}
# Written by a service from what is sent, so that the stored value is another; their own tests say who may.
NOT_STORED = {
    "user.password", "attendee.checkin_times", "attendee.attendee_notes", "attendee.device_name_checkin",
    "charge.stripe", "charge.paypal_payer_id", "charge.paypal_payment_id", "stripe-authorization.stripe_auth_code",
    "session.send_email", "event-topic.system_image_url", "custom-placeholder.original_image_url",
    "custom-form.translations",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One row of the table."""

    type: str
    attribute: str
    lowest: str
    also: str

    def allowed(self) -> frozenset[str]:
        """The kinds whose change is kept."""
        return named(self.lowest, self.also)


def table() -> list[Line]:
    """The rows of writable.csv."""
    with TABLE.open(newline="") as file:
        return [Line(row["type"], row["attribute"], row["lowest"], row["also"]) for row in csv.DictReader(file)]


def readable_attributes() -> list[tuple[str, str]]:
    """Type and name of each attribute that some schema takes from a request."""
    return sorted(
        (type_, name)
        for type_, declared in registry.by_type.items()
        for name, field in declared.schema.attributes()
        if not field.dump_only and declared.detail is not None
    )


def changed_value(type_: str, name: str, field: fields.Field, current: Any) -> Any:
    """A sound value that differs from the current one."""
    if f"{type_}.{name}" in VALUES:
        return VALUES[f"{type_}.{name}"]
    choices = next((each.choices for each in [field.validate] if isinstance(each, validate.OneOf)), None)
    if choices:
        return next(choice for choice in choices if choice != current)
    for kinds, value in (
        ((fields.Boolean,), not current),
        ((Int,), (current if isinstance(current, int) else 0) + 1),
        ((Number, fields.Decimal), float(current if isinstance(current, float | Decimal) else 0) + 1),
        ((fields.DateTime,), _later(current)),
        ((Url,), "https://example.com/changed.png"),
        ((Email,), "changed@example.com"),
        ((Json,), {"changed": "1"}),
    ):
        if isinstance(field, kinds):
            return value
    return "changed"


def _later(current: Any) -> str:
    return ((current if isinstance(current, datetime) else datetime.now(UTC)) + timedelta(hours=1)).isoformat()


def writers(api: ApiClient, world: World, type_: str, name: str) -> set[str]:
    """The kinds of people whose change of this attribute is kept; each change is undone afterwards."""
    declared, row = registry.by_type[type_], world.rows[type_]
    field = declared.schema._declared_fields[name]
    column = column_of(name, field)
    before = stored(row, column)
    sent = document(type_, row.id, **{name: changed_value(type_, name, field, before)})
    found = set()
    for kind in (*KINDS, *OWNERS):
        with undone():
            answer = api.patch(f"/v1/{declared.path}/{row.id}", sent, headers=world.headers[kind])
            assert answer.status_code < 500, answer.get_data(as_text=True)
            if before != stored(row, column):
                found.add(kind)
    return found


def stored(row: Any, column: str) -> Any:
    """What the database holds for this row now."""
    return getattr(db.session.get_one(type(row), row.id, populate_existing=True), column)


@pytest.fixture(scope="module")
def world(service: Service) -> Iterator[World]:
    """The world, with an order whose attendee may be changed."""
    with rolled_back(service):
        yield build_with_open_order()


def build_with_open_order() -> World:
    """The world, with an order whose attendee may be changed."""
    world = build()
    db.session.execute(update(Order).values(status="initializing"))
    db.session.commit()
    return world


def test_every_attribute_that_is_read_has_a_row(service: Service) -> None:
    listed = {(line.type, line.attribute.replace("-", "_")) for line in table()}
    assert listed == {pair for pair in readable_attributes() if ".".join(pair) not in NOT_STORED}


@pytest.mark.parametrize("line", table(), ids=lambda line: f"{line.type}.{line.attribute}")
def test_attribute_is_written_by_those_the_table_names(service: Service, world: World, line: Line) -> None:
    assert writers(ApiClient(service), world, line.type, line.attribute.replace("-", "_")) == line.allowed()


def write(app: Service) -> None:
    """Add the rows that are missing, as the server behaves now."""
    known = {(line.type, line.attribute): line for line in table()}
    with rolled_back(app):
        world, api = build_with_open_order(), ApiClient(app)
        lines = []
        for type_, name in readable_attributes():
            if f"{type_}.{name}" in NOT_STORED:
                continue
            shown = name.replace("_", "-")
            line = known.get((type_, shown))
            lines.append(line or Line(type_, shown, *observed(writers(api, world, type_, name))))
    with TABLE.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["type", "attribute", "lowest", "also"])
        rows.writerows([each.type, each.attribute, each.lowest, each.also] for each in lines)


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    write(create_app())
