"""What carts cost: the figures that were asked for, and what holds for every cart."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.money import decimals_of, rounded
from app.tickets.pricing import Discount, Fee, PricedCart, TaxRate, Wanted, price_cart

D = Decimal
CURRENCIES = ("EUR", "JPY", "BHD", None)
FEE = Fee(D(2), D("5.00"))
ALL = frozenset(range(1, 10))
TEN_PERCENT = Discount(D(10), True, ALL)


def amounts(most: int = 2000) -> st.SearchStrategy[D]:
    """Amounts with up to three decimals."""
    return st.decimals(0, most, places=3)


LINES = st.lists(st.builds(Wanted, st.integers(1, 5), amounts(), st.integers(1, 30)), min_size=1, max_size=6).map(
    lambda lines: [Wanted(each.ticket_id, each.price, each.quantity, each.ticket_id % 2 == 0) for each in lines]
)
DISCOUNTS = st.none() | st.builds(
    lambda percent, value, tickets, uses: Discount(min(value, D(100)) if percent else value, percent, tickets, uses),
    st.booleans(),
    amounts(300),
    st.frozensets(st.integers(1, 5)),
    st.none() | st.integers(0, 40),
)
FEES = st.none() | st.builds(Fee, st.decimals(0, 30, places=2), st.none() | amounts(20))
TAXES = st.none() | st.builds(TaxRate, st.decimals(0, 100, places=2), st.booleans())
SURROUNDINGS = st.fixed_dictionaries(
    {"currency": st.sampled_from(CURRENCIES), "discount": DISCOUNTS, "fee": FEES, "tax": TAXES}
)


@pytest.mark.parametrize(
    ("line", "discount", "tax", "fee", "taxed", "total"),
    [
        (Wanted(1, D("19.99"), 3), None, None, "1.20", "0", "61.17"),
        (Wanted(1, D("50.00"), 10), TEN_PERCENT, TaxRate(D(18), False), "5.00", "81.90", "536.90"),
        (Wanted(1, D("50.00"), 10), TEN_PERCENT, TaxRate(D(18), True), "5.00", "69.41", "455.00"),
    ],
)
def test_carts_cost_what_was_agreed(
    line: Wanted, discount: Discount | None, tax: TaxRate | None, fee: str, taxed: str, total: str
) -> None:
    cart = price_cart([line], currency="EUR", discount=discount, fee=FEE, tax=tax)
    assert (cart.fee, cart.tax, cart.total) == (D(fee), D(taxed), D(total))


@pytest.mark.parametrize(
    ("currency", "price", "unit_discount"),
    [("EUR", "0.05", "0.01"), ("JPY", "105", "11"), ("JPY", "104", "10"), ("BHD", "1.005", "0.101")],
)
def test_discount_of_a_unit_is_rounded_half_up_to_the_currency(currency: str, price: str, unit_discount: str) -> None:
    (line,) = price_cart([Wanted(1, D(price), 3)], currency=currency, discount=TEN_PERCENT).lines
    assert (line.unit_discount, line.discount) == (D(unit_discount), 3 * D(unit_discount))


def test_discount_takes_no_more_than_the_price_and_covers_no_more_than_its_uses() -> None:
    code = Discount(D(30), False, frozenset({1, 2}), uses=3)
    cart = price_cart([Wanted(2, D(50), 2), Wanted(1, D(20), 2), Wanted(3, D(9), 1)], currency="EUR", discount=code)
    assert [(line.ticket_id, line.covered, line.unit_discount) for line in cart.lines] == [
        (1, 2, D(20)),
        (2, 1, D(30)),
        (3, 0, D(0)),
    ]
    assert cart.total == 0 + 70 + 9


def test_free_units_use_nothing_up() -> None:
    cart = price_cart([Wanted(1, D(0), 5), Wanted(2, D(10), 2)], currency="EUR", discount=Discount(D(1), False, ALL, 2))
    assert [line.covered for line in cart.lines] == [0, 2]


def test_ticket_that_absorbs_the_fee_costs_none() -> None:
    lines = [Wanted(1, D(100), 1, absorbs_fee=True), Wanted(2, D(100), 1)]
    assert [line.fee for line in price_cart(lines, currency="EUR", fee=FEE).lines] == [0, D(2)]


@given(LINES, SURROUNDINGS)
def test_nothing_is_ever_negative(lines: list[Wanted], surroundings: dict[str, object]) -> None:
    cart = price_cart(lines, **surroundings)  # type: ignore[arg-type]
    shown = [cart.total, cart.sub_total, cart.discount, cart.fee, cart.tax]
    for line in cart.lines:
        shown += [line.total, line.tax, line.fee, line.discount, line.sub_total]
    assert min(shown) >= 0


@given(LINES, SURROUNDINGS, st.randoms())
def test_order_of_lines_changes_nothing(
    lines: list[Wanted], surroundings: dict[str, object], chance: random.Random
) -> None:
    shuffled = list(lines)
    chance.shuffle(shuffled)
    assert price_cart(shuffled, **surroundings) == price_cart(lines, **surroundings)  # type: ignore[arg-type]


@given(LINES, SURROUNDINGS)
def test_splitting_a_line_changes_nothing(lines: list[Wanted], surroundings: dict[str, object]) -> None:
    split = [Wanted(line.ticket_id, line.price, 1, line.absorbs_fee) for line in lines for _ in range(line.quantity)]
    assert price_cart(split, **surroundings) == price_cart(lines, **surroundings)  # type: ignore[arg-type]


@given(LINES, SURROUNDINGS)
def test_lines_add_up_to_the_cart(lines: list[Wanted], surroundings: dict[str, object]) -> None:
    cart: PricedCart = price_cart(lines, **surroundings)  # type: ignore[arg-type]
    assert sum(line.total for line in cart.lines) == cart.total
    assert sum(line.sub_total for line in cart.lines) == cart.sub_total
    assert sum(line.tax for line in cart.lines) == cart.tax
    assert sum(line.quantity for line in cart.lines) == sum(line.quantity for line in lines)


@given(LINES, SURROUNDINGS)
def test_every_amount_can_be_paid_in_the_currency(lines: list[Wanted], surroundings: dict[str, object]) -> None:
    cart = price_cart(lines, **surroundings)  # type: ignore[arg-type]
    currency = surroundings["currency"]
    assert isinstance(currency, str | None)
    for line in cart.lines:
        for amount in (line.price, line.unit_discount, line.fee, line.tax, line.total):
            assert amount == rounded(amount, currency)
            assert -int(amount.normalize().as_tuple().exponent) <= decimals_of(currency)


@given(LINES, SURROUNDINGS)
def test_tax_is_added_once_or_contained(lines: list[Wanted], surroundings: dict[str, object]) -> None:
    cart, tax = price_cart(lines, **surroundings), surroundings["tax"]  # type: ignore[arg-type]
    added = cart.tax if isinstance(tax, TaxRate) and not tax.is_included else 0
    assert cart.total == cart.sub_total + added
