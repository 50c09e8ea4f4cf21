"""What roles are said to be good for, over HTTP: the rows are the installation's, and admins change them."""

from __future__ import annotations

from app.api import resource
from app.events.powers.models import EventRolePermissions, Service
from app.events.powers.schemas import EventRolePermissionsSchema, ServiceSchema
from app.jsonapi import Access, ResourceDetail, ResourceList, ResourceRelationship, anyone, nobody, staff

CHANGED_BY_STAFF = Access(read=anyone, create=nobody, update=staff, delete=nobody, list=staff)


class Services:
    """One of them is for everybody, the list for admins."""

    model, schema, access = Service, ServiceSchema, CHANGED_BY_STAFF


class ServiceList(Services, ResourceList):
    """The parts of events that roles are about."""


class ServiceDetail(Services, ResourceDetail):
    """One part."""

    offers = ("GET", "PATCH")


class PowersOfRoles:
    """One of them is for everybody, the list for admins."""

    model, schema, access = EventRolePermissions, EventRolePermissionsSchema, CHANGED_BY_STAFF


class EventRolePermissionsList(PowersOfRoles, ResourceList):
    """What each role is said to be good for."""


class EventRolePermissionsDetail(PowersOfRoles, ResourceDetail):
    """What one role is said to be good for on one service."""

    offers = ("GET", "PATCH")


class EventRolePermissionsRelationship(PowersOfRoles, ResourceRelationship):
    """Which role it is, and which service."""


resource("services", ServiceList, ServiceDetail, collection=("GET",))
resource(
    "event-role-permissions",
    EventRolePermissionsList,
    EventRolePermissionsDetail,
    EventRolePermissionsRelationship,
    collection=("GET",),
)
