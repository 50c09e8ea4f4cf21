"""Settings, modules, user permissions and pages over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from app.api import resource
from app.jsonapi import Access, DataLayer, Given, ResourceDetail, ResourceList, anyone, nobody, staff
from app.jsonapi.query import Order
from app.site import services
from app.site.models import ONLY_ROW, Module, Page, Setting, UserPermission
from app.site.schemas import ModuleSchema, PageSchema, SettingSchema, UserPermissionSchema

WRITTEN_BY_STAFF = Access(read=anyone, create=staff, update=staff, delete=staff)
CHANGED_BY_STAFF = Access(read=anyone, create=nobody, update=staff, delete=nobody)


class OnlyRowLayer(DataLayer):
    """Finds the one row there is, whatever id is asked for."""

    def reference(self, view_kwargs: Mapping[str, Any]) -> object:
        return ONLY_ROW


class SettingDetail(ResourceDetail):
    """The settings of the installation: the same ones at every address."""

    model, schema, access, data_layer_class = Setting, SettingSchema, CHANGED_BY_STAFF, OnlyRowLayer
    offers = ("GET", "PATCH")

    def before_update(self, row: Setting, changes: Given) -> None:
        services.keep_secrets(row, changes)


class ModuleDetail(ResourceDetail):
    """Which kinds of selling the installation offers: the same record at every address."""

    model, schema, access, data_layer_class = Module, ModuleSchema, CHANGED_BY_STAFF, OnlyRowLayer
    offers = ("GET", "PATCH")


class UserPermissions:
    """Everybody may know what verifying an address is good for."""

    model, schema, access = UserPermission, UserPermissionSchema, WRITTEN_BY_STAFF


class UserPermissionList(UserPermissions, ResourceList):
    """What users may do before they have verified their address."""


class UserPermissionDetail(UserPermissions, ResourceDetail):
    """One thing they may or may not do."""


class Pages:
    """Everybody may read them."""

    model, schema, access = Page, PageSchema, WRITTEN_BY_STAFF
    default_sort: ClassVar[tuple[Order, ...]] = (Order((), "index", False),)


class PageList(Pages, ResourceList):
    """The installation's own pages, in the order they are shown."""


class PageDetail(Pages, ResourceDetail):
    """One page."""


resource("settings", None, SettingDetail, collection=(), also=(("/settings", SettingDetail),))
resource("modules", None, ModuleDetail, collection=(), also=(("/modules", ModuleDetail),))
resource("user-permissions", UserPermissionList, UserPermissionDetail)
resource("pages", PageList, PageDetail)
