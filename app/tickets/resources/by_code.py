"""Codes over HTTP as those reach them who know the code: /events/{event}/discount-codes/{code}.

By its id a code is read by its team alone. By the code itself anybody reads what the code is, and
which tickets it covers, hidden ones among them. For that reason all links of such an answer lead
through the code's own address: who follows them has the code, and nobody gets there by counting ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import quote

from flask import Response, request
from sqlalchemy import ColumnElement, select

from app.api import resource
from app.events.models import Event
from app.events.resources import EventDetail
from app.extensions import begin_reading, db
from app.jsonapi import Access, Actor, DataLayer, ResourceDetail, ResourceList, anyone, nobody
from app.jsonapi.data_layer import EVERYTHING
from app.jsonapi.errors import ApiError, MethodNotAllowed, NotFound
from app.jsonapi.filters import Filter
from app.jsonapi.includes import Loaded, load_included
from app.jsonapi.lookup import find
from app.jsonapi.negotiation import digest_of
from app.jsonapi.query import Query
from app.jsonapi.registry import Declared, target_of
from app.jsonapi.resource import tagged
from app.jsonapi.serializer import Writer
from app.tickets.code_access import code_keeper
from app.tickets.codes import counts_for, covered_tickets, is_valid, spelt
from app.tickets.models import AccessCode, DiscountCode, Ticket
from app.tickets.resources.codes import (
    AccessCodeDetail,
    AccessCodeLayer,
    AccessCodeList,
    AccessCodeRelationship,
    DiscountCodeDetail,
    DiscountCodeLayer,
    DiscountCodeList,
    DiscountCodeRelationship,
)
from app.tickets.resources.tickets import TicketDetail
from app.tickets.schemas import AccessCodeSchemaPublic, DiscountCodeSchemaPublic
from app.tickets.uses import Code

KNOWN = Access(read=anyone, create=nobody, update=code_keeper, delete=code_keeper)
READ_ONLY = Access(read=anyone, create=nobody, update=nobody, delete=nobody)


class KnownDiscountCode:
    """A discount code as everybody reads it who knows it."""

    model, schema, access = DiscountCode, DiscountCodeSchemaPublic, KNOWN


class KnownAccessCode:
    """An access code as everybody reads it who knows it."""

    model, schema, access = AccessCode, AccessCodeSchemaPublic, KNOWN


# Addresses go on behind "events/": an event, "discount-codes", a code.
DISCOUNT = Declared("events", None, KnownDiscountCode, None, (), ())
ACCESS = Declared("events", None, KnownAccessCode, None, (), ())


def known_code(
    model: Any, values: Mapping[str, Any], actor: Actor, *, lock: bool = False, kept: bool = False
) -> tuple[Event, Any]:
    """The event and the code of a URL; raises NotFound or MethodNotAllowed.

    With `kept`, those who keep the code reach it even where it is good for nothing, to mend it.
    """
    event: Event = find(EventDetail.declared, values["event_id"], actor, parameter="event_id")
    row = None if "\x00" in values["code"] else _code_of(model, event, values["code"], lock=lock)
    if row is None:
        raise _unknown(model)
    if not (kept and code_keeper.allows(actor, row)):
        _check_usable(row, event)
    return event, row


def _code_of(model: Any, event: Event, text: str, *, lock: bool) -> Any:
    # Should an event code be spelt like a ticket code of the event, the ticket code is meant.
    statement = select(model).where(spelt(model, text), counts_for(model, event)).order_by(model.event_id).limit(1)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def _unknown(model: Any) -> ApiError:
    return NotFound(f"{model.__name__}: not found", parameter="code")


def _check_usable(code: Code, event: Event) -> None:
    valid = is_valid(code, event, datetime.now(UTC))
    if isinstance(code, AccessCode):
        if not code.is_active or not valid:
            raise _unknown(AccessCode)
    elif not code.is_active:
        raise MethodNotAllowed("Discount Code is not active", parameter="code")
    elif not valid:
        raise MethodNotAllowed("Discount Code is not active in current time frame", parameter="code")


class _Writer(Writer):
    """Writes a code with its links going through the code's own address."""

    event: Event

    def reference(self, declared: Declared, row: Any) -> str:
        if declared not in (DISCOUNT, ACCESS):
            return super().reference(declared, row)
        return f"{self.event.identifier}/{_path(type(row))}/{quote(row.code, safe='')}"


def _path(model: Any) -> str:
    return str(model.__tablename__).replace("_", "-")


class _KnownLayer(DataLayer):
    """Finds codes by event and code."""

    event: Event

    def get_object(self, view_kwargs: Mapping[str, Any], query: Query = EVERYTHING, *, lock: bool = False) -> Any:
        """The code of the URL."""
        kept = request.method not in ("GET", "HEAD")
        self.event, row = known_code(self.model, view_kwargs, self.actor, lock=lock, kept=kept)
        return row


class _DiscountLayer(_KnownLayer, DiscountCodeLayer):
    """Reads and writes discount codes by event and code."""


class _AccessLayer(_KnownLayer, AccessCodeLayer):
    """Reads and writes access codes by event and code."""


class _ByCode(ResourceDetail):
    """What both kinds of codes by code have in common."""

    layer: Any
    access = KNOWN

    def get(self, *args: Any, **kwargs: Any) -> Response:
        """The code, for whoever knows it."""
        begin_reading()
        row = self.layer.get_object(kwargs, self.query)
        response = self.single(row)
        return tagged(response, f"{row.version}-{digest_of(response.get_data())}")

    def writer(self, loaded: Loaded | None) -> Writer:
        """What writes the code with links through its own address."""
        writer = _Writer(self.actor, self.query.fields, loaded, stored=False)
        writer.event = self.layer.event
        return writer

    def _included(self, rows: Sequence[Any]) -> Loaded | None:
        """What `include` asks for: the event of the URL, and the tickets that the code covers."""
        if not self.query.include:
            return None
        loaded, row = Loaded(), rows[0]
        for name, deeper in self.query.include.items():
            related = [self.layer.event] if name == "event" else _tickets_of(row, self.layer.event)
            target = target_of(self.declared.schema.relations()[name])
            assert target is not None
            loaded.links[self.declared.type, row.id][name] = [each.id for each in related]
            loaded.rows |= {(target.type, each.id): (target, each) for each in related}
            _merge(loaded, load_included(related, target, deeper, self.actor))
        return loaded


def _tickets_of(code: Code, event: Event) -> Sequence[Ticket]:
    return db.session.scalars(select(Ticket).where(covered_tickets(code, event)).order_by(Ticket.id)).all()


def _merge(loaded: Loaded, further: Loaded) -> None:
    for key, each in further.rows.items():
        loaded.rows.setdefault(key, each)
    for key, links in further.links.items():
        loaded.links[key].update(links)


class DiscountCodeByCode(_ByCode, DiscountCodeDetail):
    """One discount code, for those who know it."""

    serves, access, data_layer_class = DISCOUNT, KNOWN, _DiscountLayer


class AccessCodeByCode(_ByCode, AccessCodeDetail):
    """One access code, for those who know it."""

    serves, access, data_layer_class = ACCESS, KNOWN, _AccessLayer


class _TicketsLayer(DataLayer):
    """Finds the tickets that a known code covers."""

    def _found_criteria(self, query: Query, view_kwargs: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        event, code = known_code(self.resource.code, view_kwargs, self.actor)
        filters = [Filter(self.actor).all_of(query.filters, self.declared, self.model)] if query.filters else []
        return [covered_tickets(code, event), *filters]


class _TicketsByCode(ResourceList):
    """The tickets a code covers, for those who know it; hidden ones too."""

    model, schema, access = Ticket, TicketDetail.schema, READ_ONLY
    data_layer_class = _TicketsLayer
    serves = TicketDetail.declared
    code: ClassVar[Any]

    def get(self, *args: Any, **kwargs: Any) -> Response:
        """One page of the tickets."""
        return self._from_rows(kwargs)


class TicketsByDiscountCode(_TicketsByCode):
    """The tickets a discount code makes cheaper."""

    code = DiscountCode


class TicketsByAccessCode(_TicketsByCode):
    """The hidden tickets an access code opens."""

    code = AccessCode


class _EventByCode(EventDetail):
    """The event a code is for."""

    offers = ("GET",)
    serves = EventDetail.declared
    code: ClassVar[Any]

    def get(self, *args: Any, **kwargs: Any) -> Response:
        """The event, once the code is known."""
        begin_reading()
        known_code(self.code, kwargs, self.actor)
        return super().get(id=kwargs["event_id"])


class EventByDiscountCode(_EventByCode):
    """The event a discount code is for."""

    code = DiscountCode


class EventByAccessCode(_EventByCode):
    """The event an access code is for."""

    code = AccessCode


def _paths(model: Any, code: Any, tickets: Any, event: Any) -> tuple[tuple[str, Any], ...]:
    address = f"/events/<event_id>/{_path(model)}/<code>"
    return (address, code), (f"{address}/tickets", tickets), (f"{address}/event", event)


resource(
    "discount-codes",
    DiscountCodeList,
    DiscountCodeDetail,
    DiscountCodeRelationship,
    also=_paths(DiscountCode, DiscountCodeByCode, TicketsByDiscountCode, EventByDiscountCode),
)
resource(
    "access-codes",
    AccessCodeList,
    AccessCodeDetail,
    AccessCodeRelationship,
    collection=("POST",),
    also=_paths(AccessCode, AccessCodeByCode, TicketsByAccessCode, EventByAccessCode),
)
