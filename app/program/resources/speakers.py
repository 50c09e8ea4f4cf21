"""Speakers over HTTP."""

from __future__ import annotations

from flask import request

from app.api import resource
from app.jsonapi import Access, Given, ResourceDetail, ResourceList, ResourceRelationship, logged_in
from app.program.access import keeper_of_speaker, readable_speaker
from app.program.models import Speaker
from app.program.schemas.speakers import SpeakerSchema
from app.program.speakers import rules


class Speakers:
    """What all views of speakers share: everybody sees who speaks in a public session."""

    model, schema = Speaker, SpeakerSchema
    access = Access(read=readable_speaker, create=logged_in, update=keeper_of_speaker, delete=keeper_of_speaker)


class SpeakerList(Speakers, ResourceList):
    """The speakers of an event or a session, and those an account is."""

    def before_create(self, row: Speaker, given: Given) -> None:
        rules.check_new_speaker(row, given, actor=self.actor, hash=request.args.get("hash"))


class SpeakerDetail(Speakers, ResourceDetail):
    """One speaker."""

    def before_update(self, row: Speaker, changes: Given) -> None:
        rules.check_speaker_change(row, changes, actor=self.actor)

    def before_delete(self, row: Speaker) -> None:
        rules.check_deletion(row, actor=self.actor)


class SpeakerRelationship(Speakers, ResourceRelationship):
    """The event, the account and the sessions of a speaker."""

    def before_update(self, row: Speaker, changes: Given) -> None:
        rules.check_speaker_change(row, changes, actor=self.actor)


resource("speakers", SpeakerList, SpeakerDetail, SpeakerRelationship, collection=("POST",))
