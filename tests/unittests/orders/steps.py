"""The steps of a purchase, for the tests of orders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import has_request_context
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select, text
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from app.extensions import db
from app.tickets.models import TicketStock
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic, give_role
from tests.unittests.factories.orders import AttendeeFactory
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import AdminFactory, UserFactory


class Sale:
    """A published event with a free ticket, the people around it, and what they do."""

    def __init__(self, api: ApiClient, **ticket: Any) -> None:
        self.api = api
        self.event = EventFactoryBasic()
        self.ticket = TicketFactory(event=self.event, **ticket)
        self.owner, self.organizer, self.coorganizer, self.registrar = (UserFactory() for _ in range(4))
        for name in ("owner", "organizer", "coorganizer", "registrar"):
            give_role(getattr(self, name), self.event, name)
        self.buyer, self.stranger, self.admin = UserFactory(), UserFactory(), AdminFactory()

    def person(self, name: str | None) -> Any:
        """The person of this role, or None for anonymous."""
        return None if name is None else getattr(self, name)

    def attendee(self, user: Any = None, **values: Any) -> Any:
        """Somebody the user (by default the buyer) has entered for the ticket."""
        creator = user or self.buyer
        return AttendeeFactory(**{"ticket": self.ticket, "created_by_id": creator.id, **values})

    def order(self, *attendees: Any, user: Any = None, event: Any = None, **options: Any) -> TestResponse:
        """Order for these attendees, as the buyer by default."""
        query = options.pop("query", None)
        people = [{"type": "attendee", "id": str(getattr(each, "id", each))} for each in attendees]
        relationships: dict[str, Any] = {"event": linkage("event", event or self.event), "attendees": people}
        code = options.pop("discount_code", None)
        if code is not None:
            relationships["discount-code"] = {"type": "discount-code", "id": str(getattr(code, "id", code))}
        body = document("order", relationships=relationships, **options)
        return self.api.post("/v1/orders", body, user=user or self.buyer, query=query)

    def taken(self, ticket: Any = None) -> int:
        """How many seats of the ticket are taken."""
        ticket_id = (ticket or self.ticket).id
        return db.session.scalars(select(TicketStock.taken).where(TicketStock.ticket_id == ticket_id)).one()


def attributes(response: TestResponse) -> dict[str, Any]:
    """The attributes of the answer's resource."""
    found: dict[str, Any] = response.json["data"]["attributes"]  # type: ignore[index]
    return found


def error(response: TestResponse) -> dict[str, Any]:
    """The answer's first error."""
    found: dict[str, Any] = response.json["errors"][0]  # type: ignore[index]
    return found


@contextmanager
def statements_of_requests() -> Iterator[list[str]]:
    """The statements requests send meanwhile, but for savepoints and those the job queue sends past SQLAlchemy."""
    counted: list[str] = []

    def count(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if has_request_context() and not statement.startswith(("SAVEPOINT", "RELEASE")):
            counted.append(statement)

    sqlalchemy_event.listen(Engine, "before_cursor_execute", count)
    try:
        yield counted
    finally:
        sqlalchemy_event.remove(Engine, "before_cursor_execute", count)


def queued_jobs() -> list[str]:
    """The names of the jobs in the queue, in the order they came."""
    names = db.session.scalars(text("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"))
    return [name.rpartition(".")[2] for name in names]
