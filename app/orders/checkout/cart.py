"""What is to be ordered: tickets of one event at unit prices, with the codes that go with them, checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from app.events.models import Event
from app.jsonapi import Actor
from app.jsonapi.errors import Conflict, UnprocessableEntity
from app.money import rounded
from app.tickets.codes import check_access_code
from app.tickets.models import AccessCode, DiscountCode, Ticket
from app.tickets.modules import check_modules
from app.tickets.schemas import DONATION, FREE


@dataclass(frozen=True)
class Line:
    """So many of one ticket at one unit price; `pointer` says where the request asks for it."""

    ticket: Ticket
    quantity: int
    price: Decimal
    pointer: str

    @property
    def source(self) -> dict[str, str]:
        """What an error about this line names."""
        return {"pointer": self.pointer, "id": str(self.ticket.id)}


@dataclass(frozen=True)
class Cart:
    """Lines of one event, one for each ticket and price; the event's team sells what the public may not buy."""

    event: Event
    lines: tuple[Line, ...]
    is_team: bool
    discount_code: DiscountCode | None = None
    access_code: AccessCode | None = None

    def seats(self) -> Counter[int]:
        """How many seats of each ticket, by its id."""
        numbers: Counter[int] = Counter()
        for line in self.lines:
            numbers[line.ticket.id] += line.quantity
        return numbers

    def line_of(self, ticket_id: int) -> Line:
        """The first line of this ticket."""
        return next(line for line in self.lines if line.ticket.id == ticket_id)

    def accessed(self) -> list[Line]:
        """The lines that are bought by the access code."""
        code = self.access_code
        return [line for line in self.lines if code is not None and line.ticket.is_hidden]


def merged(lines: Iterable[Line]) -> tuple[Line, ...]:
    """One line for each ticket and price, in the order of both."""
    numbers: Counter[tuple[int, Decimal]] = Counter()
    firsts: dict[tuple[int, Decimal], Line] = {}
    for line in lines:
        key = (line.ticket.id, line.price)
        numbers[key] += line.quantity
        firsts.setdefault(key, line)
    return tuple(
        Line(firsts[key].ticket, numbers[key], firsts[key].price, firsts[key].pointer) for key in sorted(numbers)
    )


def price_of(ticket: Ticket, currency: str | None, offered: Decimal | None = None, pointer: str = "") -> Decimal:
    """The unit price in the currency's decimals.

    What a buyer offers counts for donations alone, where it has to be within their bounds; without an offer a donation
    is the least one may give. Raises UnprocessableEntity.
    """
    if ticket.type in FREE:
        return Decimal(0)
    if ticket.type not in DONATION:
        return rounded(ticket.price or Decimal(0), currency)
    price = rounded(ticket.min_price if offered is None else offered, currency)
    if price < ticket.min_price or (ticket.max_price is not None and price > ticket.max_price):
        most = "" if ticket.max_price is None else f" to {ticket.max_price:f}"
        detail = f'The price of "{ticket.name}" is from {ticket.min_price:f}{most}.'
        raise UnprocessableEntity(detail, source={"pointer": f"{pointer}/price", "id": str(ticket.id)})
    return price


def check_cart(cart: Cart, *, actor: Actor) -> None:
    """Refuse what is not sold, or not now, or not so many; raises Forbidden, Conflict or UnprocessableEntity."""
    check_modules([line.ticket.type for line in cart.lines], actor=actor)
    for line in cart.lines:
        if line.ticket.deleted_at is not None:
            raise refused(line, "is no longer offered")
    if cart.is_team:
        return
    if cart.event.state != "published":
        raise Conflict("The event is not published.", pointer="/data/relationships/event")
    for ticket_id, quantity in cart.seats().items():
        check_on_sale(cart.line_of(ticket_id), quantity)
    check_hidden(cart)


def check_on_sale(line: Line, quantity: int) -> None:
    """Refuse so many of a ticket where it is not sold, or not so many at once."""
    ticket, now = line.ticket, datetime.now(UTC)
    if now < ticket.sales_starts_at:
        raise refused(line, "is not on sale yet")
    if now >= ticket.sales_ends_at:
        raise refused(line, "is no longer on sale")
    if quantity < ticket.min_order:
        raise refused(line, f"is sold from {ticket.min_order} at once")
    if quantity > ticket.max_order:
        raise refused(line, f"is sold up to {ticket.max_order} at once")


def check_hidden(cart: Cart) -> None:
    """Refuse hidden tickets without an access code that is good for them, and so many of them."""
    hidden = [line for line in cart.lines if line.ticket.is_hidden]
    for line in hidden:
        if cart.access_code is None:
            raise refused(line, "needs an access code")
    if hidden and cart.access_code is not None:
        _check_access(cart.access_code, hidden, cart.event)


def _check_access(code: AccessCode, hidden: Sequence[Line], event: Event) -> None:
    now, whole = datetime.now(UTC), sum(line.quantity for line in hidden)
    for line in hidden:
        check_access_code(code, event, line.ticket, line.quantity, now, in_order=whole)


def refused(line: Line, why: str) -> UnprocessableEntity:
    """The answer to a line that cannot be bought."""
    return UnprocessableEntity(f'Ticket "{line.ticket.name}" {why}', source=line.source)


def sold_out(line: Line) -> Conflict:
    """The answer where no seat is left."""
    return Conflict(f'Ticket "{line.ticket.name}" already sold out', source=line.source)
