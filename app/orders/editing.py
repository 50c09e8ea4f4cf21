"""What of an order may be changed, by whom, and what an order must be to be paid."""

from __future__ import annotations

from app.events.models import Event
from app.jsonapi import Actor, Given
from app.jsonapi.errors import Conflict, Forbidden, UnprocessableEntity
from app.jsonapi.names import dashed
from app.orders.attendee_answers import check_answers_of_order
from app.orders.models import SOLD, Order
from app.orders.transitions import Party, parties

TEAM_FIELDS = frozenset({"status", "cancel_note"})
BILLING = ("company", "address", "city", "zipcode", "country")
BUYER_FIELDS = frozenset(
    {"state", "tax_business_info", "status", "order_notes", "payment_mode", "is_billing_enabled", *BILLING}
)
PAYMENT_MODE = "/data/attributes/payment-mode"


def allowed_changes(order: Order, changes: Given, *, actor: Actor) -> Given:
    """The part of a change that applies; raises Conflict, Forbidden or UnprocessableEntity.

    Admins change what the schema lets them. What the event's team may not change is ignored; a buyer is refused.
    """
    if order.deleted_at is not None:
        raise Conflict("A deleted order stays as it is.", pointer="/data/id")
    party = parties(order, actor)
    if "payment_mode" in changes:
        changes["payment_mode"] = changes["payment_mode"] or "free"
    if Party.STAFF in party:
        kept = changes
    elif Party.TEAM in party:
        kept = _changes_of_team(order, changes, party)
    else:
        kept = _changes_of_buyer(order, changes)
    moves_on = Party.BUYER in party and kept.get("status") in ("pending", *SOLD)
    buyers_choice = Party.STAFF not in party
    if moves_on or {"payment_mode", "amount"} & kept.keys():
        _check_way_of_paying(order, kept, offered_only=buyers_choice)
    if buyers_choice and (moves_on or {"payment_mode", "is_billing_enabled"} & kept.keys()):
        _check_billing(order, kept)
    if buyers_choice and moves_on:
        check_answers_of_order(order)
    return kept


def _changes_of_team(order: Order, changes: Given, party: Party) -> Given:
    """Status and note; with an own order that is not placed yet also what every buyer may change."""
    is_own = Party.BUYER in party and order.status == "initializing"
    fields = TEAM_FIELDS | BUYER_FIELDS if is_own else TEAM_FIELDS
    return {name: value for name, value in changes.items() if name in fields}


def _changes_of_buyer(order: Order, changes: Given) -> Given:
    """Everything about billing and payment before the order is placed; afterwards it can only be cancelled."""
    if changes.get("status") == "cancelled":
        return {"status": "cancelled"}
    if order.status != "initializing" or order.is_over:
        raise Forbidden("You cannot update a non-initialized order", pointer="")
    for name in changes:
        if name not in BUYER_FIELDS:
            raise Forbidden(f"You cannot update {dashed(name)} of an order", pointer=f"/data/attributes/{dashed(name)}")
    return changes


def _check_way_of_paying(order: Order, changes: Given, *, offered_only: bool) -> None:
    mode, amount = (changes.get(name, getattr(order, name)) for name in ("payment_mode", "amount"))
    check_payment_mode(order.event, mode, amount, offered_only=offered_only)


def _check_billing(order: Order, changes: Given) -> None:
    """Refuse bills that lack what the organizer asks for; an order is filled in part by part until it moves on."""
    wanted = changes.get("is_billing_enabled", order.is_billing_enabled)
    if order.amount == 0 or not (wanted or order.event.is_billing_info_mandatory):
        return
    if not wanted:
        detail = "Billing information is mandatory for this order"
        raise UnprocessableEntity(detail, pointer="/data/attributes/is-billing-enabled")
    if not all(changes.get(name, getattr(order, name)) for name in BILLING):
        raise UnprocessableEntity("Billing information incomplete", pointer="/data/attributes/is-billing-enabled")


def check_payment_mode(event: Event, mode: str, amount: object, *, offered_only: bool = True) -> None:
    """Refuse to pay nothing where something is to be paid, and ways of paying that the event does not offer."""
    if mode == "free":
        if amount != 0:
            detail = "payment-mode cannot be free for order with amount > 0"
            raise UnprocessableEntity(detail, pointer=PAYMENT_MODE)
    elif offered_only and not offers(event, mode):
        raise UnprocessableEntity(f"The event does not offer payment by {mode}.", pointer=PAYMENT_MODE)


def offers(event: Event, mode: str) -> bool:
    """Whether the event takes payments of this mode."""
    return bool(event.can_pay_onsite if mode == "onsite" else getattr(event, f"can_pay_by_{mode}"))
