"""Invitations to speak over HTTP."""

from __future__ import annotations

from app.api import resource
from app.jsonapi import Access, Given, ResourceDetail, ResourceList, ResourceRelationship, nobody, staff
from app.limits.spending import spend_mail
from app.program.invites import inviting
from app.program.invites.access import existing_invite, inviter, reader_of_invite
from app.program.models import SpeakerInvite
from app.program.schemas.speaker_invites import SpeakerInviteSchema


class SpeakerInvites:
    """What all views of invitations share: they are between the people of a session and whom these ask."""

    model, schema = SpeakerInvite, SpeakerInviteSchema
    access = Access(
        exists=existing_invite,
        read=reader_of_invite,
        create=inviter,
        update=nobody,
        delete=inviter,
        list=staff,
    )


class SpeakerInviteList(SpeakerInvites, ResourceList):
    """All invitations for admins; those of an event or a session for the people of the session and who is asked."""

    def before_create(self, row: SpeakerInvite, given: Given) -> None:
        inviting.check_new_invite(row, given, actor=self.actor)
        spend_mail(given["email"], by=self.actor)

    def after_create(self, row: SpeakerInvite, given: Given) -> None:
        inviting.send_invite(row, actor=self.actor)


class SpeakerInviteDetail(SpeakerInvites, ResourceDetail):
    """One invitation: read and taken back; its answer has addresses of its own."""

    offers = ("GET", "DELETE")

    def before_delete(self, row: SpeakerInvite) -> None:
        inviting.check_withdrawal(row)


class SpeakerInviteRelationship(SpeakerInvites, ResourceRelationship):
    """The session and the event of an invitation."""


resource("speaker-invites", SpeakerInviteList, SpeakerInviteDetail, SpeakerInviteRelationship)
