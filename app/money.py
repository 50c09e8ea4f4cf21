"""Amounts of money: how many decimals a currency has, and rounding to them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

# Currencies whose amounts do not have two decimals. ISO 4217 says how many the others have; forints and Taiwan
# dollars are written without, because PayPal takes no others and their smallest coins are whole ones.
DECIMALS = {"JPY": 0, "KRW": 0, "VND": 0, "HUF": 0, "TWD": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}


def decimals_of(currency: str | None) -> int:
    """How many decimals amounts in this currency have; two where none is known."""
    return DECIMALS.get(currency or "", 2)


def rounded(amount: Decimal, currency: str | None) -> Decimal:
    """The amount with the decimals of its currency, halves rounded up."""
    return amount.quantize(Decimal(1).scaleb(-decimals_of(currency)), ROUND_HALF_UP)


def figures(amount: Decimal, currency: str | None) -> str:
    """An amount without its currency, as tables print it, such as `1,019.90`; halves are rounded up."""
    return f"{rounded(amount, currency):,f}"


def money(amount: Decimal, currency: str | None) -> str:
    """An amount as people read it, such as `EUR 19.90`."""
    return f"{currency} {figures(amount, currency)}" if currency else figures(amount, currency)
