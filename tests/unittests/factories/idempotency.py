"""Factories of what idempotency keys are kept in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import factory

from app.encryption import encrypt
from app.idempotency.models import IdempotencyRecord
from tests.unittests.factories.base import RowFactory


class IdempotencyRecordFactory(RowFactory):
    """A request of nobody's that was answered."""

    class Meta:
        model = IdempotencyRecord

    scope = "anonymous"
    key = factory.Sequence(lambda number: f"key {number}")
    fingerprint = b"of a request"
    status = 200
    headers = factory.LazyFunction(lambda: [["Content-Type", "application/json"]])
    body = factory.LazyFunction(lambda: encrypt(b"{}"))
    running_until = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(minutes=2))
    created_at = factory.LazyFunction(lambda: datetime.now(UTC))
