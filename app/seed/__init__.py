"""The demo data: an installation somebody can look around in, made by the same rules as any other data."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.events.models import Event, EventSubTopic, EventTopic, EventType
from app.events.services import prepare_event, settle_event
from app.extensions import db
from app.groups.models import Group, UserFollowGroup
from app.groups.services import prepare_group, settle_group
from app.jsonapi import Actor, Given
from app.orders.attendee_rules import check_new_attendee
from app.orders.checkout import place_order
from app.orders.models import Attendee
from app.seed.page import fill_page
from app.seed.schedule import add_programme
from app.site.models import ONLY_ROW, Module
from app.tickets.code_rules import check_new_access_code, check_new_discount_code, prepare_discount_code
from app.tickets.models import AccessCode, DiscountCode, Ticket
from app.tickets.services import check_new_ticket
from app.users.models import User
from app.users.passwords import hash_password
from app.users.services import account_of, create_admin
from app.users.tokens import actor_of

Made = TypeVar("Made", bound=Any)

# Address, password and name of each account; what they may do follows below.
ADMIN = ("admin@example.com", "admin-password")
ORGANIZER = ("organizer@example.com", "organizer-password", "Olga", "Organizer")
BUYER = ("buyer@example.com", "buyer-password", "Ben", "Buyer")

EVENT: Given = {
    "name": "Open Source Conference",
    "description": "<p>Two days of talks, workshops and people who like to share what they make.</p>",
    "timezone": "Europe/Berlin",
    "location_name": "Kulturbrauerei, Schönhauser Allee 36, Berlin",
    "searchable_location_name": "Berlin",
    "latitude": 52.5390,
    "longitude": 13.4130,
    "owner_name": "Friends of Open Source",
    "has_owner_info": True,
    "owner_description": "<p>We have met every year since 2009.</p>",
    "payment_country": "DE",
    "payment_currency": "EUR",
    "can_pay_by_stripe": True,
    "can_pay_by_paypal": True,
    "paypal_email": "organizer@example.com",
    "can_pay_onsite": True,
    "onsite_details": "Cash or card at the entrance.",
    "is_donation_enabled": True,
    "is_map_shown": True,
    "is_sessions_speakers_enabled": True,
    "is_sponsors_enabled": True,
    "is_cfs_enabled": True,
    "show_remaining_tickets": True,
    "privacy": "public",
    "state": "published",
}
GROUP: Given = {
    "name": "Friends of Open Source",
    "about": "<p>We meet once a year for two days, and in between wherever somebody has cake.</p>",
    "social_links": [{"name": "mastodon", "link": "https://social.example.com/@friends"}],
}
TICKETS: tuple[Given, ...] = (
    {"name": "General admission", "type": "free", "quantity": 200, "description": "All talks on all days."},
    {"name": "Crew", "type": "free", "quantity": 20, "is_hidden": True, "description": "For those who help."},
    {"name": "Business", "type": "paid", "quantity": 50, "price": Decimal(49), "description": "Lunch included."},
    {
        "name": "Supporter",
        "type": "donation",
        "quantity": 100,
        "min_price": Decimal(5),
        "max_price": Decimal(500),
        "description": "All talks, and our thanks.",
    },
)
# A tenth off the business ticket, and what opens the hidden one.
DISCOUNT: Given = {"code": "EARLYBIRD", "type": "percent", "value": Decimal(10), "used_for": "ticket"}
ACCESS: Given = {"code": "HELPING", "is_active": True}
ATTENDEES: tuple[Given, ...] = (
    {"firstname": "Ben", "lastname": "Buyer", "email": "buyer@example.com"},
    {"firstname": "Grace", "lastname": "Hopper", "email": "grace@example.com"},
)


def seed_demo() -> bool:
    """Add the demo data, all or none, in the app context at hand; False when its accounts are there already."""
    if any(account_of(email) for email, *_ in (ADMIN, ORGANIZER, BUYER)):
        return False
    # Rows are checked before they are complete, so none is written until it is filled.
    with db.session.no_autoflush:
        _add_everything()
    db.session.commit()
    return True


def _add_everything() -> None:
    create_admin(*ADMIN)
    _switch_modules_on()
    organizer, buyer = (actor_of(_account(*person)) for person in (ORGANIZER, BUYER))
    event = _event(organizer)
    tickets = [_ticket(event, given, organizer) for given in TICKETS]
    fill_page(event, add_programme(event, organizer, buyer))
    _group(event, organizer, buyer)
    _codes(event, {ticket.name: ticket for ticket in tickets}, organizer)
    attendees = [_attendee(tickets[0], given, buyer) for given in ATTENDEES]
    place_order(event, [attendee.id for attendee in attendees], {}, actor=buyer)


def _filled(row: Made, given: Given) -> Made:
    for name, value in given.items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()
    return row


def _switch_modules_on() -> None:
    module = db.session.get_one(Module, ONLY_ROW)
    module.ticket_include = module.payment_include = module.donation_include = True
    db.session.flush()


def _account(email: str, password: str, first_name: str, last_name: str) -> User:
    values = {"email": email, "password_hash": hash_password(password), "is_verified": True}
    return _filled(User(), {**values, "first_name": first_name, "last_name": last_name})


def _event(owner: Actor) -> Event:
    """A conference two months ahead, which also stands on the start page."""
    day = (datetime.now(UTC) + timedelta(days=60)).date()
    first_day = datetime.combine(day, time(8), ZoneInfo(EVENT["timezone"])).astimezone(UTC)
    topic = db.session.scalars(select(EventTopic).where(EventTopic.name == "Science & Technology")).first()
    event = Event(
        event_type=db.session.scalars(select(EventType).where(EventType.name == "Conference")).first(),
        event_topic=topic,
        event_sub_topic=topic and _sub_topic(topic),
    )
    times = {"starts_at": first_day, "ends_at": first_day + timedelta(days=1, hours=10)}
    given = {**EVENT, **times, "schedule_published_on": datetime.now(UTC)}
    prepare_event(event, given, actor=owner)
    _filled(event, {**given, "is_promoted": True, "is_featured": True})
    settle_event(event, actor=owner)
    return event


def _group(event: Event, owner: Actor, follower: Actor) -> None:
    """What the event belongs to, and who hears of its next one."""
    group, given = Group(), {**GROUP, "events": [event]}
    prepare_group(group, given, actor=owner)
    settle_group(_filled(group, GROUP), given, actor=owner)
    db.session.add(UserFollowGroup(user=follower.user, group=group))
    db.session.flush()


def _sub_topic(topic: EventTopic) -> EventSubTopic | None:
    wanted = select(EventSubTopic).where(EventSubTopic.event_topic_id == topic.id, EventSubTopic.name == "High Tech")
    return db.session.scalars(wanted).first()


def _ticket(event: Event, values: Given, seller: Actor) -> Ticket:
    ticket = Ticket(event=event)
    given = {**values, "sales_starts_at": datetime.now(UTC) - timedelta(days=1), "sales_ends_at": event.ends_at}
    check_new_ticket(ticket, given, actor=seller)
    return _filled(ticket, given)


def _codes(event: Event, tickets: dict[str, Ticket], marketer: Actor) -> None:
    discount, given = DiscountCode(event=event), {**DISCOUNT, "event": event, "tickets": [tickets["Business"]]}
    prepare_discount_code(given)
    check_new_discount_code(discount, given, actor=marketer)
    _filled(discount, given)
    access = AccessCode(event=event)
    given = {**ACCESS, "event": event, "tickets": [tickets["Crew"]], "valid_from": datetime.now(UTC)}
    check_new_access_code(access, given, actor=marketer)
    _filled(access, given)


def _attendee(ticket: Ticket, values: Given, buyer: Actor) -> Attendee:
    attendee, given = Attendee(event=ticket.event, ticket=ticket), dict(values)
    check_new_attendee(attendee, given, actor=buyer)
    return _filled(attendee, given)
