"""Factories of invitations to work on an event, and of what roles are said to be good for."""

from __future__ import annotations

from typing import Any

import factory

from app.events.invites.models import RoleInvite
from app.events.powers.models import EventRolePermissions, Service
from tests.unittests.factories.base import RowFactory
from tests.unittests.factories.events import EventFactoryBasic, RoleFactory, in_days


class RoleInviteFactory(RowFactory):
    """A pending invitation to be an organizer of an event of its own."""

    class Meta:
        model = RoleInvite

    email = factory.Sequence(lambda number: f"invited{number}@example.com")
    role_name = "organizer"
    expires_at = factory.LazyFunction(lambda: in_days(1))
    event: Any = factory.SubFactory(EventFactoryBasic)
    role: Any = factory.SubFactory(RoleFactory, name=factory.SelfAttribute("..role_name"))


class ServiceFactory(RowFactory):
    """A service beside those that every installation has."""

    class Meta:
        model = Service

    name = "sponsor"


class EventRolePermissionsFactory(RowFactory):
    """What a role of its own is said to be good for."""

    class Meta:
        model = EventRolePermissions

    can_read = True
    role: Any = factory.SubFactory(RoleFactory, name="guide")
    service: Any = factory.SubFactory(ServiceFactory)
