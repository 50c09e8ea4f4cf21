"""The wire form of orders."""

from __future__ import annotations

from app.events.access import coorganizer
from app.jsonapi import Bool, Choice, Json, Money, Schema, Str, Time, Url, to_many, to_one
from app.orders.access import answerable
from app.orders.models import PAYMENT_MODES, STATUSES
from app.users.access import itself_or_staff


def _billing() -> Str:
    return Str(allow_none=True, visible_to=answerable)


def _payment() -> Str:
    return Str(dump_only=True, visible_to=answerable)


class OrderSchema(Schema):
    """A purchase of tickets for one event. How it was paid and billed concerns the buyer and the team only."""

    class Meta:
        type_ = "order"

    identifier = Str(dump_only=True)
    invoice_number = Str(dump_only=True)
    status = Choice(*STATUSES)
    amount = Money()
    payment_mode = Choice(*PAYMENT_MODES, allow_none=True)
    created_at = Time(dump_only=True)
    completed_at = Time(dump_only=True)
    expires_at = Time(dump_only=True)
    cancel_note = Str(allow_none=True)
    tickets_pdf_url = Url(dump_only=True)
    address = _billing()
    city = _billing()
    state = _billing()
    country = _billing()
    zipcode = _billing()
    company = _billing()
    tax_business_info = _billing()
    is_billing_enabled = Bool(visible_to=answerable)
    order_notes = _billing()
    on_site_tickets = Json(allow_none=True, load_only=True)
    discount_code_id = Str(dump_only=True, attribute="discount_code_reference", visible_to=answerable)
    payment_url = _payment()
    paid_via = _payment()
    transaction_id = _payment()
    brand = _payment()
    last4 = _payment()
    exp_month = _payment()
    exp_year = _payment()

    event = to_one("event", required=True, inverse="orders", inverse_visible_to=coorganizer)
    attendees = to_many("attendee", set_on="create", self_name="attendee")
    tickets = to_many("ticket", self_name="ticket")
    user = to_one("user", set_on="never", visible_to=answerable, inverse="orders", inverse_visible_to=itself_or_staff)
    discount_code = to_one("discount-code", set_on="create", visible_to=answerable)
    marketer = to_one("user", set_on="never", visible_to=coorganizer)
