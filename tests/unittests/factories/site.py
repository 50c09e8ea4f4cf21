"""Factories of settings, modules, user permissions and pages."""

from __future__ import annotations

from typing import Any

import factory

from app.extensions import db
from app.site.models import ONLY_ROW, Module, Page, Setting, UserPermission
from tests.unittests.factories.base import RowFactory


class OnlyRowFactory(RowFactory):
    """Gives the one row there is these values instead of making another."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **values: Any) -> Any:
        row = db.session.get_one(model_class, ONLY_ROW)
        for name, value in values.items():
            setattr(row, name, value)
        db.session.flush()
        return row


class SettingFactory(OnlyRowFactory):
    """The installation's settings."""

    class Meta:
        model = Setting

    app_name = "Open Event"


class ModuleFactory(OnlyRowFactory):
    """The installation's modules, all on."""

    class Meta:
        model = Module

    ticket_include = True
    payment_include = True
    donation_include = True


class UserPermissionFactory(RowFactory):
    """What unverified users may do; the permissions every installation has are found, others made."""

    class Meta:
        model = UserPermission
        sqlalchemy_get_or_create = ("name",)

    name = factory.Sequence(lambda number: f"permission_{number}")
    description = "Do something"
    unverified_user = False
    anonymous_user = False


class PageFactory(RowFactory):
    """A page linked in the footer."""

    class Meta:
        model = Page

    name = factory.Sequence(lambda number: f"page-{number}")
    title = "About"
    url = factory.LazyAttribute(lambda made: f"/{made.name}")
    description = "Who we are"
    place = "footer"
    language = "en"
    index = 0
