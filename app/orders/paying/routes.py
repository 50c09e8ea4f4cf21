"""Paying through PayPal, asking whether an order is paid, and Stripe's own messages."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request
from sqlalchemy.dialects.postgresql import insert

from app.adapters.payments import InvalidSignature, WebhookEvent, verify_webhook
from app.extensions import db
from app.jsonapi import anyone, current_actor, endpoint, json
from app.jsonapi.errors import ApiError, BadRequest, Conflict
from app.orders.access import payable_order
from app.orders.lookup import order_of_url
from app.orders.models import Order
from app.orders.paying import reported, verifying
from app.orders.paying.attempts import ReturnPages, pages_of
from app.orders.paying.charging import start_approval
from app.orders.paying.payable import account_to_pay
from app.orders.paying.payment_tasks import find_out
from app.orders.paying.reconciling import payment_named
from app.payments.models import ProviderEvent

blueprint = Blueprint("paying", __name__)
log = logging.getLogger("app.payments")
MALFORMED = "Bad Request Error"


@endpoint(
    blueprint,
    "/v1/orders/<identifier>/create-paypal-payment",
    access=payable_order,
    methods=("POST",),
    load=order_of_url,
)
def create_paypal_payment(order: Order) -> Response:
    """Start a PayPal payment for the payer to approve; the same one each time, while it can be paid."""
    pages = _pages_of_request(order)
    account_to_pay(order)
    if order.payment_mode != "paypal":
        raise Conflict("The order is not to be paid by PayPal", parameter="id")
    try:
        payment = start_approval(order.id, pages)
    except Conflict:
        raise
    except ApiError as error:
        return json.answer({"status": False, "error": error.detail})
    return json.answer({"status": True, "payment_id": payment.provider_id, "url": payment.url})


@endpoint(
    blueprint,
    "/v1/orders/<identifier>/verify-mobile-paypal-payment",
    access=payable_order,
    methods=("POST",),
    load=order_of_url,
)
def verify_mobile_paypal_payment(order: Order) -> Response:
    """Take in a PayPal payment that the payer's own app has started and executed."""
    payment_id = _attributes().get("payment-id")
    if not isinstance(payment_id, str) or not payment_id:
        raise BadRequest(MALFORMED, pointer="/data/attributes/payment-id")
    account_to_pay(order)
    if order.payment_mode != "paypal":
        raise Conflict("The order is not to be paid by PayPal", parameter="id")
    fault = reported.take_in(order.id, payment_id)
    return json.answer({"status": fault is None, "error": fault})


@endpoint(blueprint, "/v1/orders/<identifier>/verify", access=payable_order, methods=("POST",), load=order_of_url)
def verify_payment(order: Order) -> Response:
    """How the order's payment stands by what its provider says now; a paid order is completed with that."""
    return json.answer({"payment_status": verifying.payment_status(order.id, actor=current_actor())})


@endpoint(blueprint, "/v1/webhooks/stripe", access=anyone, methods=("POST",))
def stripe_webhook() -> Response:
    """A message of Stripe's: it only says what to look up, so that neither its order nor its age matters."""
    secret = current_app.config["STRIPE_WEBHOOK_SECRET"]
    try:
        if not secret:
            raise InvalidSignature("No secret is set that messages could be signed with.")
        event = verify_webhook(request.get_data(), request.headers.get("Stripe-Signature", ""), secret)
    except InvalidSignature as error:
        raise BadRequest(f"Invalid signature: {error}", pointer="") from error
    if _is_new(event):
        _follow(event)
    return json.answer({"received": True})


def _is_new(event: WebhookEvent) -> bool:
    """Note that the message came; a second one with its id waits here for the first, and is known then."""
    note = insert(ProviderEvent).values(provider="stripe", event_id=event.id, type=event.type)
    return db.session.scalar(note.on_conflict_do_nothing().returning(ProviderEvent.event_id)) is not None


def _follow(event: WebhookEvent) -> None:
    about = event.object
    names = [str(about[name]) for name in ("id", "payment_intent", "charge") if isinstance(about.get(name), str)]
    payment_id = payment_named(event.payment_key, *names)
    if payment_id is None:
        log.info("Stripe's message %s is about no payment of ours", event.id)
        return
    find_out(payment_id)


def _pages_of_request(order: Order) -> ReturnPages:
    """Where the client wants the payer's browser to come back; raises BadRequest."""
    attributes, own = _attributes(), pages_of(order)
    approved = attributes.get("return-url", attributes.get("return_url"))
    given_up = attributes.get("cancel-url", attributes.get("cancel_url"))
    return ReturnPages(_page(approved) or own.approved, _page(given_up) or own.given_up)


def _page(url: Any) -> str | None:
    """An http(s) address; None where none is given."""
    if url in (None, ""):
        return None
    if not isinstance(url, str) or not url.startswith(("http://", "https://")) or not _names_host(url):
        raise BadRequest(MALFORMED, pointer="/data/attributes")
    return url


def _names_host(url: str) -> bool:
    """Whether the address leads somewhere; what browsers and PayPal would each read in their own way does not."""
    try:
        return bool(urlsplit(url).hostname) and url.isprintable() and " " not in url
    except ValueError:  # Brackets that are no address.
        return False


def _attributes() -> dict[str, Any]:
    """The attributes of the body; raises BadRequest where there are none."""
    body = json.body()
    for member in ("data", "attributes"):
        body = body.get(member) if isinstance(body, dict) else None
    if not isinstance(body, dict):
        raise BadRequest(MALFORMED, pointer="/data/attributes")
    return body
