"""What codes are good for: the checks of an order and of a quote, in their order, and what codes cover."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from app.edge import Service
from app.jsonapi.errors import ApiError, NotFound, UnprocessableEntity
from app.tickets import uses
from app.tickets.codes import (
    ORDER,
    QUOTE,
    check_access_code,
    check_discount_code,
    covers,
    find_access_code,
    find_discount_code,
    is_valid,
)
from tests.unittests.factories.events import EventFactoryBasic, in_days
from tests.unittests.factories.tickets import (
    AccessCodeFactory,
    DiscountCodeFactory,
    DiscountCodeTicketFactory,
    TicketFactory,
)

NOW = datetime.now(UTC)
SOURCE = {"pointer": "/data/relationships/discount-code", "source": "discount_code_id"}


def complaint(check: Any, *arguments: Any, **options: Any) -> str | None:
    """What a check says against the code; None where it lets it pass."""
    try:
        check(*arguments, **options)
    except UnprocessableEntity as error:
        return error.detail
    return None


@pytest.mark.parametrize(
    ("values", "covered", "detail"),
    [
        ({}, 1, None),
        ({"is_active": False}, 1, "Inactive Discount Code"),
        ({"valid_from": in_days(1)}, 1, "Inactive Discount Code"),
        ({"valid_till": in_days(-1)}, 1, "Inactive Discount Code"),
        ({"valid_from": in_days(-1), "valid_till": in_days(1)}, 1, None),
        ({"tickets_number": 2}, 2, None),
        ({"tickets_number": 2}, 3, "Discount Usage Exceeded"),
        ({"tickets_number": 0}, 1, "Discount Usage Exceeded"),
        ({"min_quantity": 2}, 1, "Discount Usage Exceeded"),
        ({"min_quantity": 2, "max_quantity": 2}, 2, None),
        ({"max_quantity": 2}, 3, "Discount Usage Exceeded"),
        ({"max_quantity": None}, 10_000, None),
        ({}, 0, "Discount Usage Exceeded"),
        # The first fault in the contract's order is the one that is told.
        ({"is_active": False, "tickets_number": 0}, 1, "Inactive Discount Code"),
    ],
)
def test_discount_code_is_checked_in_the_contracts_order(
    app: Service, values: dict[str, Any], covered: int, detail: str | None
) -> None:
    code = DiscountCodeTicketFactory(**values)
    assert complaint(check_discount_code, code, code.event, covered, NOW) == detail


@pytest.mark.parametrize("covered", [0, 1])
def test_ticket_code_of_another_event_is_invalid_once_everything_else_is_sound(app: Service, covered: int) -> None:
    code, event = DiscountCodeTicketFactory(tickets_number=1), EventFactoryBasic()
    assert complaint(check_discount_code, code, event, covered, NOW) == "Invalid Discount Code"
    uses.take(code, 1)
    assert complaint(check_discount_code, code, event, covered, NOW) == "Discount Usage Exceeded"
    code.is_active = False
    assert complaint(check_discount_code, code, event, covered, NOW) == "Inactive Discount Code"


def test_event_code_counts_for_the_events_that_point_at_it(app: Service) -> None:
    code = DiscountCodeFactory()
    event, other = EventFactoryBasic(discount_code_id=code.id), EventFactoryBasic()
    assert complaint(check_discount_code, code, event, 1, NOW) is None
    assert complaint(check_discount_code, code, other, 1, NOW) == "Invalid Discount Code"


def test_refusal_of_an_order_names_the_code_as_its_source(app: Service) -> None:
    code = DiscountCodeTicketFactory(is_active=False)
    with pytest.raises(ApiError) as refused:
        check_discount_code(code, code.event, 1, NOW, complaints=ORDER)
    assert refused.value.source == SOURCE


@pytest.mark.parametrize(
    ("values", "covered", "detail", "pointer"),
    [
        ({"is_active": False}, 1, "Invalid Discount Code", "discount_code_id"),
        ({}, 0, "Invalid Discount Code", "discount_code_id"),
        ({"min_quantity": 3}, 2, "Discount Usage Exceeded", "discount_code_id"),
        ({"tickets_number": 0}, 1, "Discount tickets sold out.", "discount_sold_out"),
    ],
)
def test_quote_is_refused_in_its_own_words(
    app: Service, values: dict[str, Any], covered: int, detail: str, pointer: str
) -> None:
    code = DiscountCodeTicketFactory(**values)
    with pytest.raises(ApiError) as refused:
        check_discount_code(code, code.event, covered, NOW, complaints=QUOTE, whole=False)
    assert (refused.value.detail, refused.value.source) == (detail, {"pointer": pointer})


def test_one_use_left_is_enough_where_the_others_may_pay_in_full(app: Service) -> None:
    code = DiscountCodeTicketFactory(tickets_number=1)
    assert complaint(check_discount_code, code, code.event, 3, NOW, whole=False) is None
    assert complaint(check_discount_code, code, code.event, 3, NOW) == "Discount Usage Exceeded"


def test_exhaustion_counts_the_uses_of_the_code_alone(app: Service) -> None:
    code = DiscountCodeTicketFactory(tickets_number=2)
    other = DiscountCodeTicketFactory(event=code.event, tickets_number=5)
    uses.take(other, 5)
    assert complaint(check_discount_code, code, code.event, 2, NOW) is None


def test_validity_is_a_moment_whatever_zone_it_was_written_in(app: Service) -> None:
    event = EventFactoryBasic(timezone="Asia/Tokyo")
    start = datetime(2030, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    code = DiscountCodeTicketFactory(event=event, valid_from=start, valid_till=start + timedelta(hours=1))
    midnight = datetime(2030, 1, 1, tzinfo=UTC)
    valid = [is_valid(code, event, midnight + timedelta(minutes=minutes)) for minutes in (-1, 0, 60, 61)]
    assert valid == [False, True, True, False]


def test_code_without_an_end_is_valid_until_its_event_ends(app: Service) -> None:
    event = EventFactoryBasic()
    for code in (DiscountCodeTicketFactory(event=event), AccessCodeFactory(event=event)):
        assert is_valid(code, event, event.ends_at)
        assert not is_valid(code, event, event.ends_at + timedelta(seconds=1))


def test_discount_covers_what_costs_something(app: Service) -> None:
    event = EventFactoryBasic(discount_code=DiscountCodeFactory())
    paid, other = (TicketFactory(event=event, type="paid", price=10) for _ in range(2))
    free = TicketFactory(event=event)
    donation = TicketFactory(event=event, type="donation", price=None, max_price=Decimal(5))
    of_tickets = DiscountCodeTicketFactory(event=event, tickets=[paid, free])
    assert [covers(of_tickets, each) for each in (paid, other, free)] == [True, False, False]
    stranger = TicketFactory(type="paid", price=10)
    of_event = [covers(event.discount_code, each) for each in (paid, other, free, donation, stranger)]
    assert of_event == [True, True, False, True, False]


@pytest.mark.parametrize(
    ("values", "number", "detail"),
    [
        ({}, 1, None),
        ({"is_active": False}, 1, "Inactive Access Code"),
        ({"valid_from": in_days(1)}, 1, "Inactive Access Code"),
        ({"valid_till": in_days(-0.5)}, 1, "Inactive Access Code"),
        ({"min_quantity": 2, "max_quantity": 2}, 2, None),
        ({"min_quantity": 2}, 1, "Access code for ticket Backstage cannot be used for 1 attendees"),
        ({"max_quantity": 2}, 3, "Access code for ticket Backstage cannot be used for 3 attendees"),
        ({"min_quantity": 0, "max_quantity": 0}, 3, None),
        ({"tickets_number": 2}, 3, "Access code for ticket Backstage is exhausted, only 2 quantity is available"),
        ({"tickets_number": 3}, 3, None),
    ],
)
def test_access_code_is_checked_before_it_opens_a_ticket(
    app: Service, values: dict[str, Any], number: int, detail: str | None
) -> None:
    ticket = TicketFactory(is_hidden=True, name="Backstage")
    code = AccessCodeFactory(event=ticket.event, tickets=[ticket], **values)
    assert complaint(check_access_code, code, ticket.event, ticket, number, NOW) == detail


def test_access_code_opens_its_own_tickets_alone(app: Service) -> None:
    ticket = TicketFactory(is_hidden=True, name="Backstage")
    other = TicketFactory(is_hidden=True, name="Cellar", event=ticket.event)
    code = AccessCodeFactory(event=ticket.event, tickets=[ticket])
    assert complaint(check_access_code, code, ticket.event, ticket, 1, NOW) is None
    assert complaint(check_access_code, code, ticket.event, other, 1, NOW) == (
        "Access code is not valid for ticket Cellar"
    )
    elsewhere = EventFactoryBasic()
    assert complaint(check_access_code, code, elsewhere, ticket, 1, NOW) is not None


def test_limits_of_an_access_code_are_for_the_whole_order(app: Service) -> None:
    first = TicketFactory(is_hidden=True)
    second = TicketFactory(is_hidden=True, event=first.event)
    code = AccessCodeFactory(event=first.event, tickets=[first, second], tickets_number=3)
    assert complaint(check_access_code, code, first.event, first, 2, NOW, in_order=3) is None
    assert "is exhausted" in str(complaint(check_access_code, code, first.event, first, 2, NOW, in_order=4))


@pytest.mark.parametrize(
    ("find", "factory"), [(find_discount_code, DiscountCodeFactory), (find_access_code, AccessCodeFactory)]
)
def test_codes_are_found_by_id_while_they_live(app: Service, find: Any, factory: Any) -> None:
    code, gone = factory(), factory(deleted_at=NOW)
    assert find(None) is None
    assert find(code.id) is code
    assert find(str(code.id)) is code
    for unknown in (gone.id, 0, "9" * 30, code.code, "x\x00"):
        with pytest.raises(NotFound):
            find(unknown)
