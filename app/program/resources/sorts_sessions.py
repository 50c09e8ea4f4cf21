"""What rooms, tracks and session types share, which do not get in the way of those who write sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from app.jsonapi import DataLayer, Restorable
from app.jsonapi.data_layer import EVERYTHING
from app.jsonapi.query import Query
from app.program import sorting
from app.program.models import Microlocation


class SortingLayer(DataLayer):
    """Reads and writes what sessions are sorted by."""

    def get_object(self, view_kwargs: Mapping[str, Any], query: Query = EVERYTHING, *, lock: bool = False) -> Any:
        """The row the URL means; its sessions are held before it where writing it writes them."""
        if lock and (self.model is Microlocation or request.method == "DELETE"):
            sorting.hold_sessions(super().get_object(view_kwargs, query))
        return super().get_object(view_kwargs, query, lock=lock)


class SortsSessions(Restorable):
    """What all views of rooms, tracks and session types share."""

    data_layer_class = SortingLayer

    def before_delete(self, row: sorting.Sorting) -> None:
        """The sessions stay."""
        sorting.release_sessions(row)
