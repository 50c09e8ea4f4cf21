"""Session types over HTTP."""

from __future__ import annotations

from app.api import resource
from app.events.access import coorganizer, of_readable_event
from app.jsonapi import Access, Given, ResourceDetail, ResourceList, ResourceRelationship
from app.program import sorting
from app.program.models import SessionType
from app.program.resources.sorting_layer import SortingLayer
from app.program.schemas.session_types import SessionTypeSchema


class SessionTypes:
    """What all views of session types share."""

    model, schema = SessionType, SessionTypeSchema
    data_layer_class = SortingLayer
    access = Access(read=of_readable_event, create=coorganizer, update=coorganizer, delete=coorganizer)


class SessionTypeList(SessionTypes, ResourceList):
    """The session types of an event."""

    def before_create(self, row: SessionType, given: Given) -> None:
        sorting.keep_deletion(given)


class SessionTypeDetail(SessionTypes, ResourceDetail):
    """One session type."""

    def before_update(self, row: SessionType, changes: Given) -> None:
        sorting.keep_deletion(changes)

    def before_delete(self, row: SessionType) -> None:
        sorting.release_sessions(row)


class SessionTypeRelationship(SessionTypes, ResourceRelationship):
    """What a session type belongs to and its sessions."""


resource("session-types", SessionTypeList, SessionTypeDetail, SessionTypeRelationship, collection=("POST",))
