"""An attendee with everybody who may stand in some relation to them, for tests of who may what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.extensions import db
from tests.unittests.client import document, linkage
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.orders import AttendeeFactory, OrderFactory
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of


def new_attendee(ticket: Any, event: Any = None, **attributes: Any) -> Any:
    """A document of a new attendee for this ticket."""
    relationships = {"event": linkage("event", event or ticket.event), "ticket": linkage("ticket", ticket)}
    return document("attendee", relationships=relationships, **attributes)


def fault(response: Any) -> tuple[int, str, str | None]:
    """Status of the answer, detail and pointer of its first error."""
    error = response.json["errors"][0]
    return response.status_code, error["detail"], error["source"].get("pointer")


@dataclass
class Sale:
    """An attendee of an order, and everybody who may stand in some relation to them."""

    status: str = "completed"
    people: dict[str, Any] = field(init=False)
    attendee: Any = field(init=False)
    order: Any = field(init=False)

    def __post_init__(self) -> None:
        ticket = TicketFactory(quantity=5)
        self.order = OrderFactory(event=ticket.event, status=self.status)
        self.attendee = AttendeeFactory(ticket=ticket, order=self.order, email="grace@example.com")
        event = ticket.event
        self.people = {
            "anonymous": None,
            "stranger": UserFactory(),
            "unverified namesake": UserFactory(email="Grace@Example.com", is_verified=False),
            "buyer": self.order.user,
            "moderator": role_of(event, "moderator"),
            "track_organizer": role_of(event, "track_organizer"),
            "registrar of another event": role_of(EventFactoryBasic(), "registrar"),
            "registrar": role_of(event, "registrar"),
            "coorganizer": role_of(event, "coorganizer"),
            "organizer": role_of(event, "organizer"),
            "owner": role_of(event, "owner"),
            "admin": AdminFactory(),
        }

    def verify_namesake(self) -> Any:
        """Let the account with the attendee's address prove it."""
        user = self.people["unverified namesake"]
        user.is_verified = True
        db.session.flush()
        return user
