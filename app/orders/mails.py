"""The mails about an order: one for each address and occasion, whatever is repeated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import current_app

from app.adapters.mail import Attachment, address, compose, message_id_of
from app.adapters.storage import signed_url
from app.events.reaching import mailboxes, team_of
from app.extensions import db
from app.messages.mailing import fingerprint_of, send_once
from app.orders.description import attendees_of, describe_attendees, describe_order, name_of
from app.orders.invoices import invoice_file
from app.orders.kept_files import PDF
from app.orders.models import ONSITE_EMAIL, Attendee, Order
from app.orders.papers import sold_order, summary_file, ticket_key
from app.tickets.models import Ticket

Entry = tuple[Attendee, Ticket]


# Who gets one


def attendees_to_mail(order: Order) -> list[int]:
    """An attendee for each address that gets tickets by a mail of its own; the buyer gets all of them by theirs."""
    return _one_per_address((attendee for attendee, _ in attendees_of(order)), order)


def people_to_tell(order: Order) -> list[int | None]:
    """Whom a cancellation concerns: None for the buyer, and an attendee for each other address."""
    buyer: list[int | None] = [None] if order.user else []
    return buyer + attendees_to_mail(order)


def _one_per_address(attendees: Iterable[Attendee], order: Order) -> list[int]:
    bought_by = order.user.email.lower() if order.user else None
    first = {attendee.email.lower(): attendee.id for attendee in reversed(list(attendees)) if attendee.email}
    return sorted(id_ for email, id_ in first.items() if email not in (bought_by, ONSITE_EMAIL))


# What they say


def send_attendee_tickets(order_id: int, attendee_id: int, again: str | None) -> None:
    """Mail the tickets that are for the address of this attendee; `again` tells repetitions that are wanted apart."""
    order, attendee = sold_order(order_id), db.session.get(Attendee, attendee_id)
    if order is None or attendee is None or attendee.deleted_at is not None or not attendee.email:
        return
    email = attendee.email.lower()
    entries = [entry for entry in attendees_of(order) if (entry[0].email or "").lower() == email]
    context = describe_order(order) | {"attendees": _with_links(order, entries), "name": name_of(attendee)}
    # Attendees do not learn the buyer's address.
    context["buyer"] = order.user.full_name if order.user else ""
    send_once(
        compose(
            "orders/ticket_purchased_attendee.html",
            context,
            to=address(attendee.email, name_of(attendee)),
            message_id=id_of_mail("ticket-purchased-attendee", order, again, fingerprint_of(email)),
        )
    )


def send_summary(order_id: int, again: str | None) -> None:
    """Mail the buyer every ticket, the summary, and the invoice of what costs something.

    `again` tells repetitions that are wanted apart.
    """
    order = sold_order(order_id)
    if order is None or order.user is None or order.user.deleted_at is not None:
        return
    papers = [Attachment(f"order-{order.invoice_number}.pdf", PDF, summary_file(order))]
    if order.amount:
        papers.append(Attachment(f"invoice-{order.invoice_number}.pdf", PDF, invoice_file(order)))
    context = describe_order(order) | {"attendees": _with_links(order, attendees_of(order))}
    context["is_to_be_paid"] = order.status != "completed" and order.amount > 0
    send_once(
        compose(
            "orders/ticket_purchased.html",
            context,
            to=address(order.user.email, order.user.full_name),
            message_id=id_of_mail("ticket-purchased", order, again),
            attachments=tuple(papers),
        )
    )


def send_organizer_notice(order_id: int) -> None:
    """Tell owner, organizers and co-organizers by one mail, each without seeing the others' addresses."""
    order = sold_order(order_id)
    team = mailboxes(team_of(order.event_id)) if order is not None else []
    if order is None or not team:
        return
    context = describe_order(order) | {"number_of_attendees": len(attendees_of(order))}
    send_once(
        compose(
            "orders/ticket_purchased_organizer.html",
            context,
            to=team[0],
            bcc=tuple(team[1:]),
            message_id=id_of_mail("ticket-purchased-organizer", order, None),
        )
    )


def send_cancellation(order_id: int, attendee_id: int | None, moment: str) -> None:
    """Tell the buyer, or an attendee, that the order was cancelled, with the organizer's note."""
    order = db.session.get(Order, order_id)
    person = order and _addressee(order, attendee_id)
    if order is None or person is None:
        return
    email, name = person
    send_once(
        compose(
            "orders/ticket_cancelled.html",
            describe_order(order) | {"name": name, "note": order.cancel_note},
            to=address(email, name),
            message_id=id_of_mail("ticket-cancelled", order, moment, fingerprint_of(email.lower())),
        )
    )


def send_expiry(order_id: int, moment: str) -> None:
    """Tell the buyer that the order's time is over; an order that was taken up again is left alone."""
    order = db.session.get(Order, order_id)
    person = order and _addressee(order, None)
    if order is None or order.status != "expired" or person is None:
        return
    send_once(
        compose(
            "orders/order_expired.html",
            describe_order(order),
            to=address(*person),
            message_id=id_of_mail("order-expired", order, moment),
        )
    )


def _addressee(order: Order, attendee_id: int | None) -> tuple[str, str] | None:
    """Address and name of the attendee, or of the buyer; None for those who have no address (any more)."""
    if attendee_id is None:
        buyer = order.user
        return (buyer.email, buyer.full_name) if buyer is not None and buyer.deleted_at is None else None
    attendee = db.session.get(Attendee, attendee_id)
    return (attendee.email, name_of(attendee)) if attendee is not None and attendee.email else None


def _with_links(order: Order, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The attendees with an address for each ticket that opens it without an account."""
    described = describe_attendees(order, entries)
    for entry, (attendee, ticket) in zip(described, entries, strict=True):
        key, hours = ticket_key(order, attendee, ticket), current_app.config["FILE_URL_HOURS"]
        entry["link"] = signed_url(key, filename=f"ticket-{attendee.identifier}.pdf", hours=hours)
    return described


def id_of_mail(occasion: str, order: Order, moment: str | None, *further: str) -> str:
    """The Message-ID of the order's mail on this occasion; the moment tells repeated occasions apart."""
    return message_id_of(occasion, order.identifier, *further, *([moment] if moment else []))
