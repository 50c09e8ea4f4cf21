"""The wire form of attendees."""

from __future__ import annotations

from app.events.access import coorganizer, registrar
from app.jsonapi import Bool, Choice, Email, Int, Json, Schema, Str, Time, Url, logged_in, staff, to_one
from app.orders.attendee_access import fills_in, knows_account
from app.users.access import itself_or_staff

AGE_GROUPS = (
    "Under 18", "18-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75-84", "85+", "I prefer not to say",
)  # fmt: skip


def _text() -> Str:
    return Str(allow_none=True, writable_by=fills_in)


def _url() -> Url:
    return Url(allow_none=True, writable_by=fills_in)


def _choice() -> Bool:
    return Bool(allow_none=True, writable_by=fills_in)


class AttendeeSchema(Schema):
    """Somebody who attends an event by a ticket."""

    class Meta:
        type_ = "attendee"

    identifier = Str(dump_only=True)
    firstname = _text()
    lastname = _text()
    email = Email(allow_none=True, writable_by=fills_in)
    address = _text()
    city = _text()
    state = _text()
    country = _text()
    job_title = _text()
    phone = _text()
    tax_business_info = _text()
    billing_address = _text()
    home_address = _text()
    shipping_address = _text()
    company = _text()
    work_address = _text()
    work_phone = _text()
    website = _url()
    blog = _url()
    twitter = _url()
    facebook = _url()
    github = _url()
    instagram = _url()
    linkedin = _url()
    gender = _text()
    accept_video_recording = _choice()
    accept_share_details = _choice()
    accept_receive_emails = _choice()
    age_group = Choice(*AGE_GROUPS, allow_none=True, writable_by=fills_in)
    home_wiki = _text()
    wiki_scholarship = _text()
    birth_date = Time(allow_none=True, writable_by=fills_in)
    complex_field_values = Json(allow_none=True, writable_by=fills_in)
    is_consent_form_field = _choice()
    is_consent_form_field_photo = _choice()
    is_consent_form_field_email = _choice()
    is_consent_of_refund_policy = Bool(writable_by=fills_in)
    native_language = _text()
    fluent_language = _text()

    is_checked_in = Bool(writable_by=registrar)
    device_name_checkin = Str(allow_none=True, writable_by=registrar)
    checkin_times = Str(allow_none=True, writable_by=registrar)
    is_checked_out = Bool(writable_by=registrar)
    checkout_times = Str(allow_none=True, writable_by=registrar)
    attendee_notes = Str(allow_none=True, writable_by=registrar)
    is_badge_printed = Bool(allow_none=True, writable_by=registrar)
    badge_printed_at = Time(allow_none=True, writable_by=registrar)

    tag_id = Int(allow_none=True, least=1, visible_to=registrar, writable_by=registrar)
    ticket_id = Str(dump_only=True, attribute="ticket_reference")
    is_registered = Bool(dump_only=True)
    register_times = Str(dump_only=True)
    pdf_url = Str(dump_only=True)
    is_discount_applied = Bool(dump_only=True)
    is_access_code_applied = Bool(dump_only=True)
    deleted_at = Time(allow_none=True, writable_by=staff)

    event = to_one("event", required=True, inverse="attendees", inverse_visible_to=coorganizer)
    ticket = to_one("ticket", required=True, inverse="attendees", inverse_visible_to=logged_in)
    order = to_one("order", set_on="never", inverse="attendees")
    tag = to_one("tag", set_on="never", visible_to=registrar)
    user = to_one(
        "user", set_on="never", visible_to=knows_account, inverse="attendees", inverse_visible_to=itself_or_staff
    )
