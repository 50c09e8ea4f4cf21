"""The pictures of sub-topics over HTTP."""

from __future__ import annotations

from app.api import resource
from app.events.placeholders.models import CustomPlaceholder
from app.events.placeholders.schemas import CustomPlaceholderSchema
from app.events.placeholders.services import keep_new_picture
from app.events.resources import WRITTEN_BY_STAFF
from app.jsonapi import Given, ResourceDetail, ResourceList, ResourceRelationship


class CustomPlaceholders:
    """Everybody may see them."""

    model, schema, access = CustomPlaceholder, CustomPlaceholderSchema, WRITTEN_BY_STAFF


class CustomPlaceholderList(CustomPlaceholders, ResourceList):
    """The pictures there are for events that have none."""

    def before_create(self, row: CustomPlaceholder, given: Given) -> None:
        keep_new_picture(given)


class CustomPlaceholderDetail(CustomPlaceholders, ResourceDetail):
    """One of these pictures."""

    def before_update(self, row: CustomPlaceholder, changes: Given) -> None:
        keep_new_picture(changes)


class CustomPlaceholderRelationship(CustomPlaceholders, ResourceRelationship):
    """The sub-topic that a picture is for."""


resource("custom-placeholders", CustomPlaceholderList, CustomPlaceholderDetail, CustomPlaceholderRelationship)
