"""The JSON:API kit: everything that is the same for every resource. It knows no event and no order."""

from app.jsonapi.data_layer import DataLayer, Given, leave_deleting
from app.jsonapi.fields import (
    Bool,
    Choice,
    Email,
    Int,
    Json,
    Money,
    Number,
    Percent,
    Str,
    Time,
    Url,
    Zone,
    to_many,
    to_one,
)
from app.jsonapi.permissions import (
    Access,
    Actor,
    ActorRule,
    Rule,
    anyone,
    current_actor,
    has_access,
    logged_in,
    named_permission,
    nobody,
    require,
    staff,
    super_admin,
)
from app.jsonapi.registry import Registry
from app.jsonapi.relationship import ResourceRelationship
from app.jsonapi.resource import ResourceDetail, ResourceList, Restorable, document_of
from app.jsonapi.rich_text import RichText
from app.jsonapi.routing import api, endpoint, mount
from app.jsonapi.schema import Merged, Schema

__all__ = [
    "Access", "Actor", "ActorRule", "Bool", "Choice", "DataLayer", "Email", "Given", "Int", "Json", "Merged",
    "Money", "Number", "Percent", "Registry", "ResourceDetail", "ResourceList", "ResourceRelationship", "Restorable",
    "RichText", "Rule", "Schema", "Str", "Time", "Url", "Zone", "anyone", "api", "current_actor", "document_of",
    "endpoint", "has_access", "leave_deleting", "logged_in", "mount", "named_permission", "nobody", "require",
    "staff", "super_admin", "to_many", "to_one",
]  # fmt: skip
