"""The wire form of Stripe authorizations."""

from __future__ import annotations

from app.events.access import coorganizer
from app.jsonapi import Schema, Str, to_one


def _secret() -> Str:
    return Str(load_only=True, allow_none=True)


class StripeAuthorizationSchema(Schema):
    """That an event is paid to a Stripe account; its secrets go in and never come out."""

    class Meta:
        type_ = "stripe-authorization"

    stripe_auth_code = _secret()
    stripe_secret_key = _secret()
    stripe_refresh_token = _secret()
    stripe_publishable_key = Str(allow_none=True)
    stripe_user_id = Str(allow_none=True)
    stripe_email = Str(allow_none=True)

    event = to_one(
        "event", required=True, inverse="stripe-authorization", inverse_one=True, inverse_visible_to=coorganizer
    )
