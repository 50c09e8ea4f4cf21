"""Rooms over HTTP."""

from __future__ import annotations

from app.api import resource
from app.events.access import coorganizer, of_readable_event
from app.jsonapi import Access, Given, ResourceDetail, ResourceList, ResourceRelationship
from app.program import sorting
from app.program.models import Microlocation
from app.program.resources.sorting_layer import SortingLayer
from app.program.schemas.microlocations import MicrolocationSchema


class Microlocations:
    """What all views of rooms share."""

    model, schema = Microlocation, MicrolocationSchema
    data_layer_class = SortingLayer
    access = Access(read=of_readable_event, create=coorganizer, update=coorganizer, delete=coorganizer)


class MicrolocationList(Microlocations, ResourceList):
    """The rooms of an event."""

    def before_create(self, row: Microlocation, given: Given) -> None:
        sorting.keep_deletion(given)


class MicrolocationDetail(Microlocations, ResourceDetail):
    """One room."""

    def before_update(self, row: Microlocation, changes: Given) -> None:
        sorting.keep_deletion(changes)

    def before_delete(self, row: Microlocation) -> None:
        sorting.release_sessions(row)


class MicrolocationRelationship(Microlocations, ResourceRelationship):
    """What a room belongs to and what takes place there."""


resource("microlocations", MicrolocationList, MicrolocationDetail, MicrolocationRelationship, collection=("POST",))
