"""Invitations to work on an event over HTTP."""

from __future__ import annotations

from app.api import resource
from app.events.access import coorganizer, of_readable_event, organizer
from app.events.invites import inviting
from app.events.invites.models import RoleInvite
from app.events.invites.schemas import RoleInviteSchema
from app.jsonapi import Access, Given, ResourceDetail, ResourceList, ResourceRelationship, nobody
from app.limits.spending import spend_mail


class RoleInvites:
    """The team of an event sees who is asked; organizers ask, and take it back."""

    model, schema = RoleInvite, RoleInviteSchema
    access = Access(exists=of_readable_event, read=coorganizer, create=organizer, update=nobody, delete=organizer)


class RoleInviteList(RoleInvites, ResourceList):
    """Who was asked to work on an event."""

    def before_create(self, row: RoleInvite, given: Given) -> None:
        inviting.check_new_invite(row, given, actor=self.actor)
        spend_mail(given["email"], by=self.actor)

    def after_create(self, row: RoleInvite, given: Given) -> None:
        inviting.send_invite(row, actor=self.actor)


class RoleInviteDetail(RoleInvites, ResourceDetail):
    """One invitation: read and taken back; its answer has addresses of its own."""

    offers = ("GET", "DELETE")

    def before_delete(self, row: RoleInvite) -> None:
        inviting.check_withdrawal(row)


class RoleInviteRelationship(RoleInvites, ResourceRelationship):
    """The event and the role that somebody is asked for."""


resource("role-invites", RoleInviteList, RoleInviteDetail, RoleInviteRelationship, collection=("POST",))
