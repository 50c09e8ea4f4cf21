"""What a cart costs: the one definition, used for quotes, for orders and for what invoices say.

A pure function of values: it knows no tables, no time and no actor. Amounts are Decimals in the event's currency and
are rounded, halves up, to that currency's decimals: the price of a unit, the discount of a unit, the fee of a line and
the tax of the whole. Lines of one ticket and price are one line, and lines are taken in the order of their tickets and
prices, so that neither splitting nor reordering a cart changes what it costs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.money import rounded

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Wanted:
    """So many of one ticket at one unit price; tickets that absorb fees cost their buyers none."""

    ticket_id: int
    price: Decimal
    quantity: int
    absorbs_fee: bool = False


@dataclass(frozen=True)
class Discount:
    """What a discount code takes off each unit of the tickets it covers, at most `uses` times (None: no limit).

    `value` is an amount per unit, or a share in per cent where `is_percent`.
    """

    value: Decimal
    is_percent: bool
    ticket_ids: frozenset[int]
    uses: int | None = None


@dataclass(frozen=True)
class Fee:
    """The installation's fee: so many per cent of a line's price, up to a maximum for the line (None: no limit)."""

    percent: Decimal
    maximum: Decimal | None = None


@dataclass(frozen=True)
class TaxRate:
    """The event's tax in per cent; either a part of what things cost, or added to it."""

    percent: Decimal
    is_included: bool
    name: str = ""


@dataclass(frozen=True)
class PricedLine:
    """A line as it is charged; all but `price` and `unit_discount` are for the whole line.

    `tax` is the line's share of the cart's tax; `total` holds it where the tax is added.
    """

    ticket_id: int
    price: Decimal
    quantity: int
    covered: int
    unit_discount: Decimal
    fee: Decimal
    tax: Decimal
    total: Decimal

    @property
    def discount(self) -> Decimal:
        """What the code takes off the line."""
        return self.unit_discount * self.covered

    @property
    def sub_total(self) -> Decimal:
        """Price and fee less the discount, before tax is added."""
        return self.price * self.quantity - self.discount + self.fee


@dataclass(frozen=True)
class PricedCart:
    """What all lines cost together: `total` is the sum of their totals, `sub_total` that before tax is added."""

    lines: tuple[PricedLine, ...]
    sub_total: Decimal
    discount: Decimal
    fee: Decimal
    tax: Decimal
    total: Decimal


def price_cart(
    wanted: Iterable[Wanted],
    *,
    currency: str | None,
    discount: Discount | None = None,
    fee: Fee | None = None,
    tax: TaxRate | None = None,
) -> PricedCart:
    """The cart with every amount that is charged; quantities are at least 1 and prices not negative."""
    merged = _merged(wanted, currency)
    covered = _covered(merged, discount)
    untaxed = [_untaxed(line, units, currency, discount, fee) for line, units in zip(merged, covered, strict=True)]
    sub_total = sum((line.sub_total for line in untaxed), Decimal(0))
    amount = tax_of(sub_total, tax, currency)
    lines = _taxed(untaxed, amount, sub_total, currency, is_added=tax is not None and not tax.is_included)
    return PricedCart(
        lines=lines,
        sub_total=sub_total,
        discount=sum((line.discount for line in lines), Decimal(0)),
        fee=sum((line.fee for line in lines), Decimal(0)),
        tax=amount,
        total=sum((line.total for line in lines), Decimal(0)),
    )


def tax_of(amount: Decimal, tax: TaxRate | None, currency: str | None) -> Decimal:
    """The tax on an amount: the part of it that is tax where tax is included, else what is added to it."""
    if tax is None:
        return rounded(Decimal(0), currency)
    if tax.is_included:
        return rounded(amount - amount / (1 + tax.percent / HUNDRED), currency)
    return rounded(amount * tax.percent / HUNDRED, currency)


def discount_of_unit(price: Decimal, discount: Discount, currency: str | None) -> Decimal:
    """What the code takes off one unit of that price, never more than the price."""
    taken = price * discount.value / HUNDRED if discount.is_percent else discount.value
    return min(rounded(taken, currency), price)


def _merged(wanted: Iterable[Wanted], currency: str | None) -> list[Wanted]:
    """One line for each ticket and price, in the order of both."""
    numbers: Counter[tuple[int, Decimal, bool]] = Counter()
    for line in wanted:
        numbers[line.ticket_id, rounded(line.price, currency), line.absorbs_fee] += line.quantity
    return [Wanted(id_, price, numbers[id_, price, absorbs], absorbs) for id_, price, absorbs in sorted(numbers)]


def _covered(lines: Sequence[Wanted], discount: Discount | None) -> list[int]:
    """How many units of each line the code covers; its uses go to the first lines."""
    left = discount.uses if discount else 0
    found = []
    for line in lines:
        is_covered = discount is not None and line.ticket_id in discount.ticket_ids and line.price > 0
        units = line.quantity if left is None else min(left, line.quantity)
        found.append(units if is_covered else 0)
        left = left if left is None else left - found[-1]
    return found


def _untaxed(
    line: Wanted, covered: int, currency: str | None, discount: Discount | None, fee: Fee | None
) -> PricedLine:
    unit_discount = discount_of_unit(line.price, discount, currency) if discount and covered else Decimal(0)
    charged = _fee_of(line, fee, currency) if fee and not line.absorbs_fee else Decimal(0)
    none = Decimal(0)
    return PricedLine(line.ticket_id, line.price, line.quantity, covered, unit_discount, charged, none, none)


def _fee_of(line: Wanted, fee: Fee, currency: str | None) -> Decimal:
    share = line.price * line.quantity * fee.percent / HUNDRED
    return rounded(share if fee.maximum is None else min(share, fee.maximum), currency)


def _taxed(
    lines: Sequence[PricedLine], tax: Decimal, sub_total: Decimal, currency: str | None, *, is_added: bool
) -> tuple[PricedLine, ...]:
    """The lines with their shares of the tax, which add up to it: each ends where its part of the whole ends."""
    found, reached, shared = [], Decimal(0), Decimal(0)
    for line in lines:
        reached += line.sub_total
        share = (rounded(tax * reached / sub_total, currency) if sub_total else Decimal(0)) - shared
        shared += share
        total = line.sub_total + (share if is_added else 0)
        found.append(
            PricedLine(
                line.ticket_id, line.price, line.quantity, line.covered, line.unit_discount, line.fee, share, total
            )
        )
    return tuple(found)
