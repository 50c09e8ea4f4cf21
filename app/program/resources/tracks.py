"""Tracks over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement

from app.api import resource
from app.events.access import of_listed_event, of_readable_event, track_organizer
from app.jsonapi import Access, ResourceDetail, ResourceList, ResourceRelationship
from app.program.models import Track
from app.program.resources.sorts_sessions import SortsSessions
from app.program.schemas.tracks import TrackSchema


class Tracks(SortsSessions):
    """What all views of tracks share."""

    model, schema = Track, TrackSchema
    access = Access(read=of_readable_event, create=track_organizer, update=track_organizer, delete=track_organizer)


class TrackList(Tracks, ResourceList):
    """The tracks of an event; those of all events where none is named."""

    def narrow(self, view_kwargs: Any) -> Sequence[ColumnElement[bool]]:
        return () if self.parent is not None else (of_listed_event.rows(self.actor, Track),)


class TrackDetail(Tracks, ResourceDetail):
    """One track."""


class TrackRelationship(Tracks, ResourceRelationship):
    """What a track belongs to and its sessions."""


resource("tracks", TrackList, TrackDetail, TrackRelationship)
