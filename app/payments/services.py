"""The rules of Stripe authorizations: which event may have one, and where its keys come from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.adapters.payments import PaymentUnknown, ProviderRefused, ProviderUnavailable
from app.events.models import Event
from app.extensions import commit_step, db
from app.jsonapi import Given
from app.jsonapi.errors import Conflict, Forbidden, Invalid, ServiceUnavailable, UnprocessableEntity, explains
from app.payments.credentials import platform_stripe
from app.payments.models import StripeAuthorization

CODE = "/data/stripe_auth_code"


def check_new_authorization(event: Event) -> None:
    """Refuse an authorization for an event that takes no Stripe payments or has one; raises Forbidden or Conflict.

    The event is held until the transaction ends, so that two requests do not both find none.
    """
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    if not event.can_pay_by_stripe:
        raise Forbidden("Stripe payment is disabled for this Event", pointer="/data/relationships/event")
    held = select(StripeAuthorization.id).where(StripeAuthorization.event_id == event.id)
    if db.session.scalar(held) is not None:
        raise _authorized_already(None)


@explains("uq_stripe_authorizations_event_id")
def _authorized_already(_: Any) -> Conflict:
    """Also of two that are exchanged at Stripe's at one time, when the event is not held."""
    return Conflict("Stripe Authorization already exists for this event", pointer="/data/relationships/event")


def check_keys(given: Given) -> None:
    """Refuse an authorization that brings no secret key, nor a code that was exchanged for one."""
    if not given.get("stripe_secret_key"):
        raise Invalid.attribute("stripe_auth_code", "Missing data for required field.")


def exchanged(code: str) -> Given:
    """The keys that Stripe gives for an organizer's code; what was done so far is committed before Stripe is asked.

    Raises Forbidden where the platform has no keys, UnprocessableEntity with Stripe's words, ServiceUnavailable.
    """
    stripe = platform_stripe()
    if stripe is None:
        raise Forbidden("Stripe payment isn't configured properly for the Platform", pointer=CODE)
    commit_step()
    try:
        grant = stripe.exchange_code(code)
    except ProviderRefused as refused:
        raise UnprocessableEntity(refused.reason, pointer=CODE) from refused
    except (ProviderUnavailable, PaymentUnknown) as error:
        raise ServiceUnavailable("Stripe does not answer. Try again later.", pointer=CODE) from error
    return {
        "stripe_secret_key": grant.secret_key,
        "stripe_publishable_key": grant.publishable_key,
        "stripe_refresh_token": grant.refresh_token,
        "stripe_user_id": grant.user_id,
        "stripe_email": grant.email,
    }
