"""Amounts as Stripe counts them: whole numbers of a currency's smallest unit, as Stripe sees it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from app.money import decimals_of

# https://docs.stripe.com/currencies#zero-decimal, #three-decimal and #special-cases. Forints, Taiwan dollars, Icelandic
# crowns and Uganda shillings count in hundredths there, though they are written without decimals.
WITHOUT_DECIMALS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
WITH_THREE = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))


def minor_units(amount: Decimal, currency: str) -> int:
    """The amount as Stripe takes it: 19.99 EUR is 1999, 500 JPY is 500; halves of the smallest unit are rounded up.

    In currencies with three decimals Stripe takes no last digit but zero: 1.234 BHD is 1230.
    """
    scaled = amount.scaleb(_exponent(currency))
    if currency in WITH_THREE:
        return int((scaled / 10).quantize(Decimal(1), ROUND_HALF_UP)) * 10
    return int(scaled.quantize(Decimal(1), ROUND_HALF_UP))


def amount_of(units: int, currency: str) -> Decimal:
    """The amount that so many of Stripe's units are, with the currency's usual decimals where it has no more."""
    amount = Decimal(units).scaleb(-_exponent(currency))
    usual = round(amount, decimals_of(currency))
    return usual if usual == amount else amount


def payable(amount: Decimal, currency: str) -> Decimal:
    """What Stripe charges when asked for this amount: the same, except where it takes fewer digits than we do."""
    return amount_of(minor_units(amount, currency), currency)


def _exponent(currency: str) -> int:
    if currency in WITHOUT_DECIMALS:
        return 0
    return 3 if currency in WITH_THREE else 2
