"""The wire form of what roles are said to be good for."""

from __future__ import annotations

from app.events.powers.models import SERVICES
from app.jsonapi import Bool, Choice, Schema, to_one


class ServiceSchema(Schema):
    """A part of an event that roles are about."""

    class Meta:
        type_ = "service"

    name = Choice(*SERVICES)


class EventRolePermissionsSchema(Schema):
    """What a role is said to be good for on one service."""

    class Meta:
        type_ = "event-role-permissions"

    can_create = Bool()
    can_read = Bool()
    can_update = Bool()
    can_delete = Bool()

    role = to_one("role", set_on="never")
    service = to_one("service", set_on="never")
