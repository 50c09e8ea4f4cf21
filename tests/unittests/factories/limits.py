"""Factories of counts of limited acts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import factory

from app.limits.models import RateCount
from tests.unittests.factories.base import RowFactory


class RateCountFactory(RowFactory):
    """How often a limited act was done."""

    class Meta:
        model = RateCount

    key = factory.Sequence(lambda number: f"key {number}")
    count = 1
    expires_at = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(hours=1))
