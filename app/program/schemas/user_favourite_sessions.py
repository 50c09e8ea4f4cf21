"""The wire form of sessions that people have marked."""

from __future__ import annotations

from app.events.schemas import EventSchema
from app.jsonapi import Schema, to_many, to_one
from app.program.opinions.access import knows_favourites_of, marker_reader
from app.program.schemas.sessions import SessionSchema
from app.users.schemas import UserSchema

TYPE = "user-favourite-session"


class UserFavouriteSessionSchema(Schema):
    """That a user has marked a session."""

    class Meta:
        type_ = TYPE

    session = to_one("session", required=True)
    user = to_one("user", set_on="never", visible_to=marker_reader)


SessionSchema.declare("favourites", to_many(TYPE, self_name="favourite-sessions"))
EventSchema.declare("session_favourites", to_many(TYPE))
UserSchema.declare("favourite_sessions", to_many(TYPE, visible_to=knows_favourites_of, announced=True))
