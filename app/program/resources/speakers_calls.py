"""Calls for speakers over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.api import resource
from app.events.access import coorganizer, of_readable_event
from app.jsonapi import Access, Given, ResourceDetail, ResourceList, ResourceRelationship
from app.program import calls
from app.program.models import SpeakersCall
from app.program.schemas.speakers_calls import SpeakersCallSchema


class SpeakersCalls:
    """What all views of calls share: everybody reads them, and whoever names the hash of one reads that too."""

    model, schema = SpeakersCall, SpeakersCallSchema
    access = Access(read=of_readable_event, create=coorganizer, update=coorganizer, delete=coorganizer)


class SpeakersCallList(SpeakersCalls, ResourceList):
    """Where calls are made."""

    def before_create(self, row: SpeakersCall, given: Given) -> None:
        calls.check_new_call(row, given)


class SpeakersCallDetail(SpeakersCalls, ResourceDetail):
    """One call."""

    def get(self, *args: Any, **kwargs: Any) -> Response:
        """The call, with its hash for those who name it as `?hash=`."""
        calls.tell_hash(self.actor, request.args.get("hash"))
        return super().get(*args, **kwargs)

    def before_update(self, row: SpeakersCall, changes: Given) -> None:
        calls.check_call_change(row, changes)


class SpeakersCallRelationship(SpeakersCalls, ResourceRelationship):
    """The event of a call."""


resource("speakers-calls", SpeakersCallList, SpeakersCallDetail, SpeakersCallRelationship, collection=("POST",))
