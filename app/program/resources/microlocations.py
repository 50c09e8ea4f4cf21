"""Rooms over HTTP."""

from __future__ import annotations

from app.api import resource
from app.events.access import coorganizer, of_readable_event
from app.jsonapi import Access, ResourceDetail, ResourceList, ResourceRelationship
from app.program.models import Microlocation
from app.program.resources.sorts_sessions import SortsSessions
from app.program.schemas.microlocations import MicrolocationSchema


class Microlocations(SortsSessions):
    """What all views of rooms share."""

    model, schema = Microlocation, MicrolocationSchema
    access = Access(read=of_readable_event, create=coorganizer, update=coorganizer, delete=coorganizer)


class MicrolocationList(Microlocations, ResourceList):
    """The rooms of an event."""


class MicrolocationDetail(Microlocations, ResourceDetail):
    """One room."""


class MicrolocationRelationship(Microlocations, ResourceRelationship):
    """What a room belongs to and what takes place there."""


resource("microlocations", MicrolocationList, MicrolocationDetail, MicrolocationRelationship, collection=("POST",))
