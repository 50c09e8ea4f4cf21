"""Factories of statistics, which are there with what they are about."""

from __future__ import annotations

from typing import Any

import factory

from app.orders.statistics import EventOrderStatistics, TicketOrderStatistics
from app.program.statistics import EventGeneralStatistics
from tests.unittests.factories.base import RowFactory
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.tickets import TicketFactory


class EventOrderStatisticsFactory(RowFactory):
    """The statistics of an event of its own."""

    class Meta:
        model = EventOrderStatistics
        sqlalchemy_get_or_create = ("id",)

    class Params:
        event: Any = factory.SubFactory(EventFactoryBasic)

    id: Any = factory.LazyAttribute(lambda statistics: statistics.event.id)


class TicketOrderStatisticsFactory(RowFactory):
    """The statistics of a ticket of its own."""

    class Meta:
        model = TicketOrderStatistics
        sqlalchemy_get_or_create = ("id",)

    class Params:
        ticket: Any = factory.SubFactory(TicketFactory)

    id: Any = factory.LazyAttribute(lambda statistics: statistics.ticket.id)


class EventGeneralStatisticsFactory(RowFactory):
    """The programme of an event of its own in numbers."""

    class Meta:
        model = EventGeneralStatistics
        sqlalchemy_get_or_create = ("id",)

    class Params:
        event: Any = factory.SubFactory(EventFactoryBasic)

    id: Any = factory.LazyAttribute(lambda statistics: statistics.event.id)
