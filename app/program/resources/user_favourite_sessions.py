"""Sessions that people have marked, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api import resource
from app.events.resources import EventDetail
from app.jsonapi import Access, DataLayer, Given, ResourceDetail, ResourceList, ResourceRelationship, logged_in, staff
from app.jsonapi.data_layer import EVERYTHING
from app.jsonapi.errors import Forbidden, Unauthorized
from app.jsonapi.permissions import nobody
from app.jsonapi.query import Query
from app.jsonapi.registry import Parent
from app.program.models import UserFavouriteSession
from app.program.opinions import rules
from app.program.opinions.access import keeper_of_favourite, readable_favourite
from app.program.resources.sessions import SessionDetail
from app.program.schemas.user_favourite_sessions import UserFavouriteSessionSchema
from app.users.resources import UserDetail


class OneFavouriteLayer(DataLayer):
    """Reads a single mark, which is nobody's business but its maker's and the team's."""

    def get_object(self, view_kwargs: Mapping[str, Any], query: Query = EVERYTHING, *, lock: bool = False) -> Any:
        """The row the URL means; raises Forbidden where the list alone is public."""
        row = super().get_object(view_kwargs, query, lock=lock)
        if not keeper_of_favourite.allows(self.actor, row):
            raise Forbidden("Access Forbidden", parameter="user_id")
        return row


class UserFavouriteSessions:
    """Whoever may read a session may read how often it was marked; who did so, with a public profile alone."""

    model, schema = UserFavouriteSession, UserFavouriteSessionSchema
    access = Access(
        exists=readable_favourite,
        read=readable_favourite,
        create=logged_in,
        update=nobody,
        delete=keeper_of_favourite,
        list=staff,
    )


class UserFavouriteSessionList(UserFavouriteSessions, ResourceList):
    """The marks of a session, of all sessions of an event, or by a user."""

    def before_create(self, row: UserFavouriteSession, given: Given) -> None:
        rules.mark(row, actor=self.actor)


class UserFavouriteSessionDetail(UserFavouriteSessions, ResourceDetail):
    """One mark."""

    offers = ("GET", "DELETE")
    data_layer_class = OneFavouriteLayer

    def check_access(self, **kwargs: Any) -> None:
        """Single marks are for people with an account."""
        if self.actor.is_anonymous:
            raise Unauthorized()
        super().check_access(**kwargs)


class UserFavouriteSessionRelationship(UserFavouriteSessions, ResourceRelationship):
    """What was marked, and by whom."""


class _ByContract(UserFavouriteSessionList):
    """The marks under another resource, by the path that clients of the original know."""

    of: Parent

    def __init__(self, parent: Parent | None = None, relationship: str | None = None) -> None:
        super().__init__(parent or self.of, relationship)


class FavouritesOfSession(_ByContract):
    """The marks of a session."""

    of = Parent(SessionDetail.declared, "favourites")


class FavouritesOfEvent(_ByContract):
    """The marks of all sessions of an event."""

    of = Parent(EventDetail.declared, "session_favourites")


class FavouritesOfUser(_ByContract):
    """What a user has marked."""

    of = Parent(UserDetail.declared, "favourite_sessions")


resource(
    "user-favourite-sessions",
    UserFavouriteSessionList,
    UserFavouriteSessionDetail,
    UserFavouriteSessionRelationship,
    also=(
        ("/sessions/<session_id>/user-favourite-sessions", FavouritesOfSession),
        ("/events/<event_id>/user-favourite-sessions", FavouritesOfEvent),
        ("/users/<user_id>/user-favourite-sessions", FavouritesOfUser),
    ),
)
