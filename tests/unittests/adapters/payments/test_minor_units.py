"""Amounts as Stripe counts them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.adapters.payments import payable
from app.adapters.payments.minor_units import amount_of, minor_units

AMOUNTS = [
    ("19.99", "EUR", 1999), ("0.01", "USD", 1), ("1234567.89", "INR", 123456789), ("500", "JPY", 500), ("7", "KRW", 7), ("12000", "VND", 12000),
    ("1500", "HUF", 150000), ("90", "TWD", 9000), ("1.230", "BHD", 1230), ("0.010", "KWD", 10),
]  # fmt: skip


@pytest.mark.parametrize(("amount", "currency", "units"), AMOUNTS)
def test_amount_and_its_units_are_the_same_money(amount: str, currency: str, units: int) -> None:
    assert minor_units(Decimal(amount), currency) == units
    assert amount_of(units, currency) == Decimal(amount)
    assert payable(Decimal(amount), currency) == Decimal(amount)


def test_no_cent_gets_lost() -> None:
    assert [minor_units(Decimal(cents) / 100, "EUR") for cents in range(100_000)] == list(range(100_000))


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("1.234", "BHD", 1230),
        ("1.235", "KWD", 1240),
        ("9.999", "OMR", 10000),
        ("0.005", "EUR", 1),
        ("99.5", "JPY", 100),
    ],
)
def test_digits_that_stripe_does_not_take_are_rounded(amount: str, currency: str, units: int) -> None:
    assert minor_units(Decimal(amount), currency) == units
    assert payable(Decimal(amount), currency) == amount_of(units, currency)


@pytest.mark.parametrize(
    ("units", "currency", "written"),
    [
        (1999, "EUR", "19.99"),
        (500, "JPY", "500"),
        (150000, "HUF", "1500"),
        (150050, "HUF", "1500.50"),
        (1230, "BHD", "1.230"),
    ],
)
def test_amount_has_its_currency_s_decimals(units: int, currency: str, written: str) -> None:
    assert str(amount_of(units, currency)) == written
