"""What orders and attendees have in common over HTTP: who may not read a row is told why they may not change it."""

from __future__ import annotations

from typing import Any

from flask import request

from app.jsonapi import DataLayer
from app.jsonapi.data_layer import EVERYTHING
from app.jsonapi.errors import Forbidden
from app.jsonapi.permissions import refusal
from app.jsonapi.query import Query


class RefusingLayer(DataLayer):
    """Reads and writes rows that are known to exist to people who may not read them."""

    def get_object(self, view_kwargs: Any, query: Query = EVERYTHING, *, lock: bool = False) -> Any:
        """The row the URL means; who may not read it is refused in the words of what they tried."""
        try:
            return super().get_object(view_kwargs, query, lock=lock)
        except Forbidden as error:
            tried = self.access.update if request.method == "PATCH" else self.access.read
            raise refusal(self.actor, tried) from error
