"""Factories of taxes and ticket fees."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import factory

from app.tickets.surcharges.models import Tax, TicketFee
from tests.unittests.factories.base import RowFactory
from tests.unittests.factories.events import EventFactoryBasic


class TaxFactory(RowFactory):
    """A tax that is added to the price."""

    class Meta:
        model = Tax

    name = "VAT"
    rate = Decimal(18)
    tax_id = "DE136695976"
    event: Any = factory.SubFactory(EventFactoryBasic, is_tax_enabled=True)


class TicketFeeFactory(RowFactory):
    """Two per cent of the price, at most five dollars."""

    class Meta:
        model = TicketFee

    currency = "USD"
    country = "US"
    service_fee = Decimal(2)
    maximum_fee = Decimal(5)
