"""The wire form of events, of what classifies them, and of the roles people hold on them."""

from __future__ import annotations

from app.events.access import coorganizer, member
from app.jsonapi import (
    Bool,
    Choice,
    Email,
    Json,
    Number,
    RichText,
    Schema,
    Str,
    Time,
    Url,
    Zone,
    staff,
    to_many,
    to_one,
)
from app.users.access import itself_or_staff

CURRENCIES = (
    "AUD", "BRL", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "INR", "JPY", "MXN", "MYR",
    "NOK", "NZD", "PHP", "PLN", "RUB", "SEK", "SGD", "THB", "TWD", "USD",
)  # fmt: skip


class EventTypeSchema(Schema):
    """A kind of event."""

    class Meta:
        type_ = "event-type"

    deleted_at = Time(allow_none=True, writable_by=staff)
    name = Str(required=True)
    slug = Str(dump_only=True)


class EventTopicSchema(Schema):
    """What events are about."""

    class Meta:
        type_ = "event-topic"

    deleted_at = Time(allow_none=True, writable_by=staff)
    name = Str(required=True)
    system_image_url = Url(allow_none=True)
    slug = Str(dump_only=True)


class EventSubTopicSchema(Schema):
    """A narrower subject within a topic."""

    class Meta:
        type_ = "event-sub-topic"

    name = Str(required=True)
    slug = Str(dump_only=True)

    event_topic = to_one("event-topic", required=True, inverse="event-sub-topics")


class EventLocationSchema(Schema):
    """A place where events are held."""

    class Meta:
        type_ = "event-location"

    name = Str(required=True)
    slug = Str(dump_only=True)


class EventSchema(Schema):
    """A gathering."""

    class Meta:
        type_ = "event"

    deleted_at = Time(allow_none=True, writable_by=staff)
    identifier = Str(dump_only=True)
    # Null and missing names are refused by app/events/services.py, whose answer depends on the state.
    name = Str(allow_none=True)
    external_event_url = Url(allow_none=True)
    starts_at = Time(allow_none=True)
    ends_at = Time(allow_none=True)
    timezone = Zone(required=True)
    online = Bool()
    latitude = Number(allow_none=True, least=-90, most=90)
    longitude = Number(allow_none=True, least=-180, most=180)
    logo_url = Url(allow_none=True)
    location_name = Str(allow_none=True)
    searchable_location_name = Str(allow_none=True)
    public_stream_link = Str(allow_none=True)
    stream_loop = Bool()
    stream_autoplay = Bool()
    description = RichText(links=True, allow_none=True)
    after_order_message = RichText(links=True, allow_none=True)
    original_image_url = Url(allow_none=True)
    thumbnail_image_url = Url(dump_only=True)
    large_image_url = Url(dump_only=True)
    icon_image_url = Url(dump_only=True)
    show_remaining_tickets = Bool()
    owner_name = Str(allow_none=True)
    is_map_shown = Bool()
    is_oneclick_signup_enabled = Bool()
    has_owner_info = Bool()
    owner_description = RichText(links=True, allow_none=True)
    is_sessions_speakers_enabled = Bool()
    privacy = Choice("public", "private")
    state = Choice("draft", "published")
    ticket_url = Url(allow_none=True)
    code_of_conduct = RichText(links=True, allow_none=True)
    schedule_published_on = Time(allow_none=True)
    # Rooms may say that sessions overlap in them.
    is_overlap_allowed = Bool()
    is_featured = Bool(writable_by=staff)
    is_promoted = Bool(writable_by=staff)
    is_demoted = Bool(writable_by=staff)
    is_announced = Bool(dump_only=True)
    is_ticket_form_enabled = Bool()
    is_cfs_enabled = Bool()
    # Any text: the web client sends the country's name, others its code.
    payment_country = Str(allow_none=True)
    payment_currency = Choice(*CURRENCIES, allow_none=True)
    paypal_email = Email(allow_none=True)
    is_tax_enabled = Bool()
    is_billing_info_mandatory = Bool()
    is_donation_enabled = Bool()
    is_chat_enabled = Bool()
    is_videoroom_enabled = Bool()
    is_document_enabled = Bool()
    document_links = Json(allow_none=True)
    chat_room_name = Str(dump_only=True)
    can_pay_by_paypal = Bool()
    can_pay_by_stripe = Bool()
    can_pay_by_cheque = Bool()
    can_pay_by_bank = Bool()
    can_pay_by_invoice = Bool()
    can_pay_onsite = Bool()
    can_pay_by_omise = Bool()
    can_pay_by_alipay = Bool()
    can_pay_by_paytm = Bool()
    cheque_details = Str(allow_none=True)
    invoice_details = Str(allow_none=True)
    bank_details = Str(allow_none=True)
    onsite_details = Str(allow_none=True)
    is_sponsors_enabled = Bool()
    created_at = Time(dump_only=True)
    pentabarf_url = Url(dump_only=True)
    ical_url = Url(dump_only=True)
    xcal_url = Url(dump_only=True)
    refund_policy = Str(allow_none=True)
    is_stripe_linked = Bool(dump_only=True)
    is_badges_enabled = Bool()

    event_type = to_one("event-type", set_on="write", inverse="events")
    event_topic = to_one("event-topic", set_on="write", inverse="events")
    event_sub_topic = to_one("event-sub-topic", set_on="write", inverse="events")
    owner = to_one("user", set_on="never", inverse="owner-events", inverse_visible_to=itself_or_staff)
    organizers = to_many("user", inverse="organizer-events", inverse_visible_to=itself_or_staff)
    coorganizers = to_many("user", inverse="coorganizer-events", inverse_visible_to=itself_or_staff)
    track_organizers = to_many(
        "user", visible_to=member, inverse="track-organizer-events", inverse_visible_to=itself_or_staff
    )
    moderators = to_many("user", visible_to=member, inverse="moderator-events", inverse_visible_to=itself_or_staff)
    registrars = to_many("user", visible_to=member, inverse="registrar-events", inverse_visible_to=itself_or_staff)


class RoleSchema(Schema):
    """A role people can hold on an event or a group."""

    class Meta:
        type_ = "role"

    name = Str(required=True)
    title_name = Str(allow_none=True)


class UsersEventsRolesSchema(Schema):
    """That a user holds a role on an event."""

    class Meta:
        type_ = "users-events-roles"

    event = to_one("event", set_on="never", inverse="roles", inverse_visible_to=coorganizer)
    user = to_one("user", set_on="never")
    role = to_one("role", set_on="write", allow_none=False)


class UserFavouriteEventSchema(Schema):
    """That a user has marked an event."""

    class Meta:
        type_ = "user-favourite-event"

    deleted_at = Time(dump_only=True)

    event = to_one("event", required=True)
    user = to_one("user", set_on="never", inverse="favourite-events", inverse_visible_to=itself_or_staff)
