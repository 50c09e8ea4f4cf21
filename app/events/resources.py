"""Events over HTTP, with what classifies them and who works on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request
from sqlalchemy import ColumnElement

from app.api import resource
from app.events import services, team
from app.events.access import coorganizer, listed_event, of_readable_event, readable_event
from app.events.locations import most_used_locations
from app.events.models import (
    Event,
    EventLocation,
    EventSubTopic,
    EventTopic,
    EventType,
    Role,
    UserFavouriteEvent,
    UsersEventsRoles,
)
from app.events.schemas import (
    EventLocationSchema,
    EventSchema,
    EventSubTopicSchema,
    EventTopicSchema,
    EventTypeSchema,
    RoleSchema,
    UserFavouriteEventSchema,
    UsersEventsRolesSchema,
)
from app.events.slugs import free_slug
from app.events.topics import keep_topic_picture
from app.events.upcoming import is_upcoming
from app.jsonapi import (
    Access,
    ActorRule,
    DataLayer,
    Given,
    ResourceDetail,
    ResourceList,
    ResourceRelationship,
    anyone,
    logged_in,
    nobody,
    staff,
    to_many,
)
from app.jsonapi.errors import Forbidden, Unauthorized
from app.jsonapi.lookup import missing
from app.jsonapi.query import Order
from app.site.services import is_permitted
from app.users.access import itself, itself_or_staff
from app.users.schemas import UserSchema

WRITTEN_BY_STAFF = Access(read=anyone, create=staff, update=staff, delete=staff)
event_maker = ActorRule("event maker", lambda actor: is_permitted("create_event", actor), services.UNVERIFIED)


class EventTypes:
    """Everybody picks from them."""

    model, schema, access = EventType, EventTypeSchema, WRITTEN_BY_STAFF


class EventTypeList(EventTypes, ResourceList):
    """The kinds of event there are."""

    def before_create(self, row: EventType, given: Given) -> None:
        given.pop("deleted_at", None)
        given["slug"] = free_slug(EventType, given["name"])


class EventTypeDetail(EventTypes, ResourceDetail):
    """One kind of event."""


class EventTypeRelationship(EventTypes, ResourceRelationship):
    """Which events are of that kind."""


class EventTopics:
    """Everybody picks from them."""

    model, schema, access = EventTopic, EventTopicSchema, WRITTEN_BY_STAFF


class EventTopicList(EventTopics, ResourceList):
    """What events are about."""

    def before_create(self, row: EventTopic, given: Given) -> None:
        given.pop("deleted_at", None)
        given["slug"] = free_slug(EventTopic, given["name"])
        keep_topic_picture(given)


class EventTopicDetail(EventTopics, ResourceDetail):
    """One topic."""

    def before_update(self, row: EventTopic, changes: Given) -> None:
        if "system_image_url" in changes:
            keep_topic_picture(changes)


class EventTopicRelationship(EventTopics, ResourceRelationship):
    """The sub-topics of a topic, and the events about it."""


class EventSubTopics:
    """Everybody picks from them."""

    model, schema, access = EventSubTopic, EventSubTopicSchema, WRITTEN_BY_STAFF


class EventSubTopicList(EventSubTopics, ResourceList):
    """The narrower subjects of a topic."""

    def before_create(self, row: EventSubTopic, given: Given) -> None:
        siblings = EventSubTopic.event_topic_id == given["event_topic"].id
        given["slug"] = free_slug(EventSubTopic, given["name"], siblings)


class EventSubTopicDetail(EventSubTopics, ResourceDetail):
    """One sub-topic."""


class EventSubTopicRelationship(EventSubTopics, ResourceRelationship):
    """The topic of a sub-topic, and the events about it."""


class EventLocationList(ResourceList):
    """The places most events are held at; staff may name further ones."""

    model, schema, access = EventLocation, EventLocationSchema, WRITTEN_BY_STAFF

    def get(self, *args: Any, **kwargs: Any) -> Response:
        """The most used places, which are counted rather than stored."""
        return self.computed(most_used_locations())

    def before_create(self, row: EventLocation, given: Given) -> None:
        given["slug"] = free_slug(EventLocation, given["name"])


class Events:
    """Published events are for everybody; private ones are not listed to those who do not work on them."""

    model, schema = Event, EventSchema
    access = Access(
        read=readable_event,
        listed=listed_event,
        create=event_maker,
        update=coorganizer,
        delete=coorganizer,
    )

    def before_update(self, row: Event, changes: Given) -> None:
        """Also what an event is linked with changes under its rules."""
        services.check_event_change(row, changes, actor=self.actor)  # type: ignore[attr-defined]


class EventList(Events, ResourceList):
    """The events the reader may come across."""

    def check_access(self, **kwargs: Any) -> None:
        """A list asked for by role is of somebody."""
        super().check_access(**kwargs)
        if "withRole" in request.args and self.actor.is_anonymous:
            raise Unauthorized()

    def before_create(self, row: Event, given: Given) -> None:
        services.prepare_event(row, given, actor=self.actor)

    def after_create(self, row: Event, given: Given) -> None:
        services.settle_event(row, actor=self.actor)


class UpcomingEventList(EventList):
    """The public events ahead, the next one first."""

    default_sort = (Order((), "starts_at", False),)

    def narrow(self, view_kwargs: Any) -> Sequence[ColumnElement[bool]]:
        return (is_upcoming(),)


class EventDetail(Events, ResourceDetail):
    """One event, by id or identifier."""

    def before_delete(self, row: Event) -> None:
        services.check_deletion(row, actor=self.actor)


class EventRelationship(Events, ResourceRelationship):
    """What an event is linked with."""


class Roles:
    """Everybody may know which roles there are."""

    model, schema, access = Role, RoleSchema, WRITTEN_BY_STAFF


class RoleList(Roles, ResourceList):
    """The roles there are."""


class RoleDetail(Roles, ResourceDetail):
    """One role."""

    def before_update(self, row: Role, changes: Given) -> None:
        if "name" in changes:
            team.check_role_name(row, changes["name"])

    def before_delete(self, row: Role) -> None:
        team.check_role_deletion(row)


class RolesOnEvents:
    """The team of an event sees and changes who holds what; everybody may see and give up their own."""

    model, schema = UsersEventsRoles, UsersEventsRolesSchema
    access = Access(
        read=coorganizer | itself,
        create=nobody,
        update=coorganizer,
        delete=coorganizer | itself,
        exists=of_readable_event,
    )

    def before_update(self, row: UsersEventsRoles, changes: Given) -> None:
        """Also by its relationship a role is changed under these rules."""
        if "role" in changes:
            team.check_grant(row, changes["role"], actor=self.actor)  # type: ignore[attr-defined]
            team.end_role(row)


class UsersEventsRolesList(RolesOnEvents, ResourceList):
    """Who holds which role on an event."""


class RolesOfEvent(UsersEventsRolesList):
    """The same under the type's own name, by which clients of the original know it."""

    under = ("event", "roles")


class UsersEventsRolesDetail(RolesOnEvents, ResourceDetail):
    """One role that somebody holds."""

    def before_delete(self, row: UsersEventsRoles) -> None:
        team.check_removal(row)
        team.end_role(row)


class UsersEventsRolesRelationship(RolesOnEvents, ResourceRelationship):
    """Who holds it, on which event."""


class UserFavouriteEventLayer(DataLayer):
    """Finds the reader's own mark by the event it is of."""

    def reference(self, view_kwargs: Mapping[str, Any]) -> object:
        """The id of the reader's mark of the event that the URL names."""
        if self.resource.parent is not None:
            return super().reference(view_kwargs)
        found = services.mark_of(view_kwargs["id"], actor=self.actor)
        if found is None:
            raise missing(self.declared, view_kwargs["id"], "id")
        return found


class UserFavouriteEvents:
    """What somebody has marked is for them and staff."""

    model, schema = UserFavouriteEvent, UserFavouriteEventSchema
    access = Access(read=itself_or_staff, create=logged_in, update=nobody, delete=itself, list=staff)


class UserFavouriteEventList(UserFavouriteEvents, ResourceList):
    """The events that a user has marked."""

    def check_access(self, **kwargs: Any) -> None:
        """The contract has an answer of its own for those who are not signed in."""
        if request.method == "POST" and self.actor.is_anonymous:
            raise Forbidden("Only Authorized Users can favourite an event", parameter="Authorization")
        super().check_access(**kwargs)

    def before_create(self, row: UserFavouriteEvent, given: Given) -> None:
        row.user = self.actor.user


class FavouritesOfUser(UserFavouriteEventList):
    """The same by the path that clients of the original know."""

    under = ("user", "favourite_events")


class UserFavouriteEventDetail(UserFavouriteEvents, ResourceDetail):
    """The reader's mark of one event, by the event's id."""

    offers = ("GET", "DELETE")
    data_layer_class = UserFavouriteEventLayer


class UserFavouriteEventRelationship(UserFavouriteEvents, ResourceRelationship):
    """What was marked, and by whom."""


for _name in ("events", "marketer_events", "sales_admin_events"):
    UserSchema.declare(_name, to_many("event", visible_to=itself_or_staff))

resource("event-types", EventTypeList, EventTypeDetail, EventTypeRelationship)
resource("event-topics", EventTopicList, EventTopicDetail, EventTopicRelationship)
resource("event-sub-topics", EventSubTopicList, EventSubTopicDetail, EventSubTopicRelationship, collection=("POST",))
resource("event-locations", EventLocationList)
resource("events", EventList, EventDetail, EventRelationship, also=(("/events/upcoming", UpcomingEventList),))
resource("roles", RoleList, RoleDetail)
resource(
    "users-events-roles",
    UsersEventsRolesList,
    UsersEventsRolesDetail,
    UsersEventsRolesRelationship,
    collection=(),
    also=(("/events/<event_id>/users-events-roles", RolesOfEvent),),
)
resource(
    "user-favourite-events",
    UserFavouriteEventList,
    UserFavouriteEventDetail,
    UserFavouriteEventRelationship,
    also=(("/users/<user_id>/user-favourite-events", FavouritesOfUser),),
)
