"""Which account an event is paid to, and how its provider is asked.

Stripe: the event's own authorization, else the platform's keys. PayPal: the platform's application, paid to the
event's PayPal address. Where stand-ins for the providers run and the platform has no keys, everything goes to them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import select

from app.adapters.payments import PayPalPayments, StripePayments
from app.adapters.payments.paypal import LIVE, SANDBOX
from app.events.models import Event
from app.extensions import db
from app.payments.models import StripeAuthorization
from app.site.models import Setting
from app.site.services import settings

PLATFORM = "platform"
STANDIN_KEY = "sk_test_standin"
LIVE_MODES = ("live", "production")


@dataclass(frozen=True)
class StripeAccount:
    """A Stripe account that an event is paid to, by the name payments keep of it."""

    name: str
    payments: StripePayments = field(repr=False)


@dataclass(frozen=True)
class PayPalAccount:
    """A PayPal account that an event is paid to; its name is its e-mail address."""

    name: str
    payments: PayPalPayments = field(repr=False)


Account = StripeAccount | PayPalAccount


def account_of(event: Event, provider: str) -> Account | None:
    """The account an event is paid to through this provider ("stripe" or "paypal"); None where there is none."""
    return stripe_account(event) if provider == "stripe" else paypal_account(event)


def account_named(event: Event, provider: str, name: str) -> Account | None:
    """The account of this name that the event was paid to; None where nobody has its keys (any more).

    PayPal's keys are the platform's, whoever is paid; a key of Stripe's opens one account. The platform's own account
    can still be asked after the event was connected with another.
    """
    if provider != "stripe":
        return paypal_account(event)
    account = _platform_account() if name == PLATFORM else stripe_account(event)
    return account if account is not None and account.name == name else None


def stripe_account(event: Event) -> StripeAccount | None:
    """The event's own Stripe account, else the platform's; None where neither has keys."""
    authorization = db.session.scalars(
        select(StripeAuthorization).where(StripeAuthorization.event_id == event.id)
    ).first()
    if authorization is None or not authorization.stripe_secret_key:
        return _platform_account()
    name = authorization.stripe_user_id
    if name in (None, "", PLATFORM):  # What an organizer calls their account does not make it the platform's.
        name = f"event {event.id}"
    return StripeAccount(name, _stripe(authorization.stripe_secret_key))


def _platform_account() -> StripeAccount | None:
    key = _platform_key()
    return StripeAccount(PLATFORM, _stripe(key)) if key is not None else None


def platform_stripe() -> StripePayments | None:
    """Stripe as the platform itself asks it, to exchange organizers' codes; None where the platform has no keys."""
    key = _platform_key(needs_client=True)
    return _stripe(key) if key is not None else None


def paypal_account(event: Event) -> PayPalAccount | None:
    """PayPal as it pays this event; None where the platform has no keys. The name is empty without an address."""
    found = settings()
    keys = _paypal_keys(found)
    if keys is None and not current_app.config["PAYMENT_STANDINS_URL"]:
        return None
    client, secret = keys or (STANDIN_KEY, STANDIN_KEY)
    own = LIVE if _is_live(found.paypal_mode, found.paypal_secret) else SANDBOX
    url = _address("PAYPAL_API_URL", "paypal", uses_standin=keys is None) or own
    return PayPalAccount(event.paypal_email or "", PayPalPayments(client, secret, api_url=url, timeout=_timeout()))


def _platform_key(*, needs_client: bool = False) -> str | None:
    """The platform's secret key for Stripe, the stand-in's where there is none and it runs."""
    found = settings()
    client, key = _stripe_keys(found)
    if key and (client or not needs_client):
        return key
    return STANDIN_KEY if _uses_standins() else None


def _stripe_keys(found: Setting) -> tuple[str | None, str | None]:
    """Client id and secret key of the platform, live or for tests."""
    if _is_live(found.stripe_mode, found.stripe_secret_key):
        return found.stripe_client_id, found.stripe_secret_key
    return found.stripe_test_client_id, found.stripe_test_secret_key


def _paypal_keys(found: Setting) -> tuple[str, str] | None:
    live, test = (found.paypal_client, found.paypal_secret), (found.paypal_sandbox_client, found.paypal_sandbox_secret)
    client, secret = live if _is_live(found.paypal_mode, found.paypal_secret) else test
    return (client, secret) if client and secret else None


def _is_live(mode: str | None, live_secret: str | None) -> bool:
    """Whether a provider is asked for real money: as its mode says, and without one where there is a key for that."""
    return mode in LIVE_MODES or (not mode and bool(live_secret))


def _uses_standins() -> bool:
    """Whether events' calls of Stripe go to the stand-in, whatever key an event has: never once there are real keys."""
    return bool(current_app.config["PAYMENT_STANDINS_URL"]) and _stripe_keys(settings())[1] is None


def _stripe(key: str) -> StripePayments:
    stands_in = _uses_standins()
    return StripePayments(
        key,
        api_url=_address("STRIPE_API_URL", "stripe", uses_standin=stands_in),
        connect_url=_address("STRIPE_CONNECT_URL", "stripe", uses_standin=stands_in),
        timeout=_timeout(),
    )


def _address(setting: str, provider: str, *, uses_standin: bool) -> str | None:
    """Where a provider is asked; None for its own address.

    The stand-in's address stands in the configuration wherever no other is given: real keys are never sent there.
    """
    config: Any = current_app.config
    standin = f"{config['PAYMENT_STANDINS_URL']}/{provider}" if config["PAYMENT_STANDINS_URL"] else None
    given = config[setting]
    if uses_standin:
        return standin
    return None if given == standin else given


def _timeout() -> float:
    return float(current_app.config["PAYMENT_TIMEOUT_SECONDS"])
