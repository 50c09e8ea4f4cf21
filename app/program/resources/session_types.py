"""Session types over HTTP."""

from __future__ import annotations

from app.api import resource
from app.events.access import coorganizer, of_readable_event
from app.jsonapi import Access, ResourceDetail, ResourceList, ResourceRelationship
from app.program.models import SessionType
from app.program.resources.sorts_sessions import SortsSessions
from app.program.schemas.session_types import SessionTypeSchema


class SessionTypes(SortsSessions):
    """What all views of session types share."""

    model, schema = SessionType, SessionTypeSchema
    access = Access(read=of_readable_event, create=coorganizer, update=coorganizer, delete=coorganizer)


class SessionTypeList(SessionTypes, ResourceList):
    """The session types of an event."""


class SessionTypeDetail(SessionTypes, ResourceDetail):
    """One session type."""


class SessionTypeRelationship(SessionTypes, ResourceRelationship):
    """What a session type belongs to and its sessions."""


resource("session-types", SessionTypeList, SessionTypeDetail, SessionTypeRelationship, collection=("POST",))
