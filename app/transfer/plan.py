"""What a copy of an event consists of: for every table whose rows belong to events, whether they are copied.

A table belongs to events when foreign keys lead from it to them, directly or through others. It stands either in COPIED
or, with the reason, in LEFT_OUT; a test fails while one stands in neither. Of a copied table everything follows from
its columns, so that a new column is copied without a word here:

* `id` is new; `version`, `created_at` and `deleted_at` are as in any new row. Deleted rows are not copied.
* A reference to a copied table leads to the copy; to what was not copied (a deleted row, a table left out), to nothing.
  Rows that cannot be without what was not copied are not copied either.
* A reference to what belongs to no event is kept if `kept` names it, else it leads to nothing.
* Times are moved by the distance between the two beginnings.
* What `values` names is what it says there.

Names that hold within their event, such as the `form_id` by which tickets and questions find each other, stay the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Table, Text, Uuid, bindparam, case, cast, false, func, null

from app.events.content.models import EventCopyright, Exhibitor, Faq, FaqType, SocialLink, Sponsor
from app.events.models import Event
from app.forms.models import CustomForm, CustomFormOption, CustomFormTranslate
from app.orders.models import Tag
from app.program.models import Microlocation, SessionType, SpeakersCall, Track
from app.tickets.models import DiscountCode, Ticket, TicketTag, discount_codes_tickets, ticket_tags_tickets
from app.tickets.surcharges.models import Tax

# What a copy is told from outside.
COPIER = bindparam("copier_id", type_=BigInteger)
IDENTIFIER = bindparam("identifier", type_=Text)
NAME = bindparam("name", type_=Text)


@dataclass(frozen=True)
class Copied:
    """A table whose live rows are copied, and what of them is not simply the same.

    `of` is the column by which a row belongs to its event, or to another copied row; None for events themselves and for
    tables that only link copied rows. `media` are the columns that may hold addresses of files of ours, as a text or
    inside JSON; `links` those with addresses of pages, of which the event's own pages become the copy's.
    """

    table: Table
    of: str | None = "event_id"
    only: ColumnElement[bool] | None = None
    values: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    media: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


def _names(*names: str) -> frozenset[str]:
    return frozenset(names)


def _random_hex() -> ColumnElement[str]:
    """32 digits, others for each row."""
    return func.replace(cast(func.gen_random_uuid(type_=Uuid), Text), "-", "")


_EVENT = Copied(
    _table(Event),
    of=None,
    values={
        "identifier": IDENTIFIER,
        "name": func.coalesce(NAME, Event.name),
        "state": cast("draft", Text),
        "schedule_published_on": null(),
        # Given by administrators or by announcing, to one event.
        "is_featured": false(),
        "is_promoted": false(),
        "is_demoted": false(),
        "is_announced": false(),
        "is_stripe_linked": false(),
        # Administrators give an event code to one event; copies would multiply what they have granted.
        "discount_code_id": null(),
        # Whoever copies need not run the group.
        "group_id": null(),
    },
    kept=_names("event_type_id", "event_topic_id", "event_sub_topic_id"),
    media=_names(
        "logo_url",
        "original_image_url",
        "thumbnail_image_url",
        "large_image_url",
        "icon_image_url",
        "document_links",
    ),
    links=_names("external_event_url", "ticket_url"),
)
_SPEAKERS_CALL = Copied(
    _table(SpeakersCall),
    # Whoever was told the way into the former call was not told it into this one.
    values={"hash": case((SpeakersCall.hash.is_not(None), _random_hex()))},
)
_DISCOUNT_CODE = Copied(
    _table(DiscountCode),
    only=DiscountCode.used_for == "ticket",
    # Marketers read their codes, and may have nothing to do with the new event.
    values={"marketer_id": COPIER},
    links=_names("discount_url"),
)
COPIED: tuple[Copied, ...] = (
    _EVENT,
    Copied(_table(Sponsor), media=_names("logo_url"), links=_names("url")),
    Copied(
        _table(Exhibitor),
        media=_names("logo_url", "banner_url", "thumbnail_image_url", "video_url", "slides_url"),
        links=_names("url"),
    ),
    Copied(_table(SocialLink), values={"identifier": func.left(_random_hex(), 8)}),
    Copied(_table(FaqType)),
    Copied(_table(Faq)),
    Copied(_table(EventCopyright), media=_names("logo_url"), links=_names("holder_url", "licence_url")),
    Copied(_table(Tax)),
    Copied(_table(Microlocation)),
    Copied(_table(Track)),
    Copied(_table(SessionType)),
    _SPEAKERS_CALL,
    Copied(_table(CustomForm)),
    Copied(_table(CustomFormOption), of="custom_form_id"),
    Copied(_table(CustomFormTranslate), of="custom_form_id"),
    Copied(_table(Ticket)),
    Copied(_table(TicketTag)),
    Copied(ticket_tags_tickets, of=None),
    _DISCOUNT_CODE,
    Copied(discount_codes_tickets, of=None),
    Copied(_table(Tag)),
)

_SALES = "belongs to those who have bought, not to what is sold"
_PROGRAMME = "sessions and speakers are proposed to one event"
_PEOPLE = "people joined, or like, the event that was"
_BY_TRIGGER = "the database makes it with each ticket and code: nothing is sold or used yet"
_WAY_IN = "lets those in who know it of the former event"
LEFT_OUT: Mapping[str, str] = {
    "access_code_uses": _WAY_IN,
    "access_codes": _WAY_IN,
    "access_codes_tickets": _WAY_IN,
    "attendees": _SALES,
    "discount_code_uses": _BY_TRIGGER,
    "email_notifications": _PEOPLE,
    "exhibitors_sessions": _PROGRAMME,
    "feedbacks": _PEOPLE,
    "invoices": _SALES,
    "order_lines": _SALES,
    "orders": _SALES,
    "payments": _SALES,
    "refunds": _SALES,
    "room_bookings": _PROGRAMME,
    "sessions": _PROGRAMME,
    "sessions_speakers": _PROGRAMME,
    "speaker_bookings": _PROGRAMME,
    "speaker_invites": _PROGRAMME,
    "speakers": _PROGRAMME,
    "role_invites": _PEOPLE,
    "stripe_authorizations": "whoever owns the copy says anew where the money goes",
    "ticket_stocks": _BY_TRIGGER,
    "user_favourite_events": _PEOPLE,
    "user_favourite_sessions": _PEOPLE,
    "users_events_roles": "only whoever copies works on the copy, as its owner",
}
