"""Payments to ask for."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from app.adapters.payments import PaymentRequest


@pytest.fixture
def request_of() -> Callable[..., PaymentRequest]:
    """Makes a request for a payment, with members changed by keyword."""

    def make(**changes: Any) -> PaymentRequest:
        usual = {
            "key": "k1",
            "amount": Decimal("61.17"),
            "currency": "EUR",
            "order": "o-1",
            "description": "Three tickets",
        }
        return PaymentRequest(**{**usual, **changes})

    return make
