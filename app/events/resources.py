"""Events over HTTP."""

from __future__ import annotations

from app.api import resource
from app.events.models import EventType
from app.events.schemas import EventTypeSchema
from app.jsonapi import Access, ResourceDetail, ResourceList, ResourceRelationship, anyone, staff


class EventTypes:
    model, schema = EventType, EventTypeSchema
    access = Access(read=anyone, create=staff, update=staff, delete=staff)


class EventTypeList(EventTypes, ResourceList):
    """The kinds of event there are."""


class EventTypeDetail(EventTypes, ResourceDetail):
    """One kind of event."""


class EventTypeRelationship(EventTypes, ResourceRelationship):
    """What is of that kind."""


resource("event-types", EventTypeList, EventTypeDetail, EventTypeRelationship)
