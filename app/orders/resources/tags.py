"""Labels of attendees over HTTP."""

from __future__ import annotations

from app.api import resource
from app.events.access import coorganizer, registrar
from app.jsonapi import Access, Given, ResourceDetail, ResourceList, ResourceRelationship
from app.orders import tags
from app.orders.models import Tag
from app.orders.schemas.tags import TagSchema


class Tags:
    """Labels say something about people: they are for those who let them in, and made by the team."""

    model, schema = Tag, TagSchema
    access = Access(read=registrar, create=coorganizer, update=coorganizer, delete=coorganizer)


class TagList(Tags, ResourceList):
    """The labels an event has for its attendees."""

    def before_create(self, row: Tag, given: Given) -> None:
        tags.check_new_tag(row, given)


class TagDetail(Tags, ResourceDetail):
    """One label."""

    def before_update(self, row: Tag, changes: Given) -> None:
        tags.check_tag_change(row, changes)

    def before_delete(self, row: Tag) -> None:
        tags.check_tag_deletion(row)

    def after_delete(self, row: Tag) -> None:
        tags.take_off(row)


class TagOfAttendee(TagDetail):
    """The one label of an attendee, under the plural that clients know."""

    under = ("attendee", "tag")


class TagRelationship(Tags, ResourceRelationship):
    """Which event has the label."""


resource(
    "tags",
    TagList,
    TagDetail,
    TagRelationship,
    collection=("POST",),
    also=(("/attendees/<attendee_id>/tags", TagOfAttendee),),
)
