"""The wire form of ratings."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.jsonapi import Money, Schema, Str, Time, to_one
from app.program.opinions.access import author_reader
from app.users.access import itself_or_staff

WORST, BEST = Decimal(1), Decimal(5)


class Rating(Money):
    """A number from 1 to 5, kept with two decimals."""

    def __init__(self, **options: Any) -> None:
        super().__init__(least=WORST, most=BEST, **options)

    def _validated(self, value: Any) -> Any:
        number = super()._validated(value)
        if number is None or not WORST <= number <= BEST:  # Refused as it was sent, not as it would be rounded.
            return number
        return number.quantize(Decimal("0.01"), ROUND_HALF_UP)


class FeedbackSchema(Schema):
    """What somebody thinks of an event or, as a reviewer, of a session."""

    class Meta:
        type_ = "feedback"

    deleted_at = Time(dump_only=True)
    rating = Rating(required=True)
    comment = Str(allow_none=True)

    event = to_one("event", inverse="feedbacks")
    session = to_one("session", inverse="feedbacks")
    user = to_one("user", visible_to=author_reader, inverse="feedbacks", inverse_visible_to=itself_or_staff)
