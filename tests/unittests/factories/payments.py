"""Factories of payments, refunds, and the accounts they go to."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import Any

import factory

from app.payments.models import Payment, ProviderEvent, Refund, StripeAuthorization
from tests.unittests.factories.base import RowFactory
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.orders import OrderFactory


class StripeAuthorizationFactory(RowFactory):
    """The Stripe account that an event of its own is paid to."""

    class Meta:
        model = StripeAuthorization

    stripe_secret_key = "sk_test_of_the_event"
    stripe_publishable_key = "pk_test_of_the_event"
    stripe_refresh_token = "rt_of_the_event"
    stripe_user_id = "acct_of_the_event"
    stripe_email = "money@example.com"
    event: Any = factory.SubFactory(EventFactoryBasic, can_pay_by_stripe=True, is_stripe_linked=True)


class PaymentFactory(RowFactory):
    """What a card has paid for an order of its own."""

    class Meta:
        model = Payment

    class Params:
        order: Any = factory.SubFactory(OrderFactory, amount=Decimal(10), payment_mode="stripe", status="completed")

    order_id: Any = factory.LazyAttribute(lambda made: made.order.id)
    provider = "stripe"
    kind = "token"
    key = factory.LazyFunction(lambda: secrets.token_hex(16))
    provider_id: Any = factory.Sequence(lambda number: f"ch_{number}")
    transaction_id: Any = factory.SelfAttribute("provider_id")
    account = "platform"
    amount = Decimal(10)
    currency = "USD"
    state = "succeeded"
    paid: Any = factory.SelfAttribute("amount")
    paid_currency: Any = factory.SelfAttribute("currency")


class RefundFactory(RowFactory):
    """A whole payment that went back."""

    class Meta:
        model = Refund

    payment: Any = factory.SubFactory(PaymentFactory)
    order_id: Any = factory.LazyAttribute(lambda made: made.payment.order_id)
    amount: Any = factory.LazyAttribute(lambda made: made.payment.paid)
    currency = "USD"
    cause = "cancelled"
    state = "succeeded"
    key = factory.LazyFunction(lambda: secrets.token_hex(16))
    provider_id = factory.Sequence(lambda number: f"re_{number}")


class ProviderEventFactory(RowFactory):
    """A message of Stripe's that has been handled."""

    class Meta:
        model = ProviderEvent

    provider = "stripe"
    event_id = factory.Sequence(lambda number: f"evt_{number}")
    type = "charge.succeeded"
