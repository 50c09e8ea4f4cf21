"""The wire form of groups, of the roles people hold in them, and of those who follow them."""

from __future__ import annotations

from app.events.schemas import EventSchema
from app.groups.access import follower_or_staff, manager_of_group
from app.jsonapi import (
    Bool,
    Email,
    Int,
    Json,
    Merged,
    RichText,
    Schema,
    Str,
    Time,
    Url,
    logged_in,
    staff,
    to_many,
    to_one,
)
from app.jsonapi.errors import Invalid
from app.users.access import itself, itself_or_staff
from app.users.schemas import mailable

FOLLOW = "user-follow-group"


class GroupSchema(Schema):
    """What gathers events, for others to follow."""

    class Meta:
        type_ = "group"

    deleted_at = Time(allow_none=True, writable_by=staff)
    name = Str(required=True)
    created_at = Time(dump_only=True)
    social_links = Json(allow_none=True)
    logo_url = Url(allow_none=True)
    is_promoted = Bool(writable_by=staff)
    banner_url = Url(allow_none=True)
    thumbnail_image_url = Url(dump_only=True)
    follower_count = Int(dump_only=True)
    about = RichText(links=True, allow_none=True)

    events = to_many("event", set_on="write")
    user = to_one("user", set_on="never", inverse="groups", inverse_visible_to=itself_or_staff)
    follower = to_one(FOLLOW, attribute="followers", only=itself, set_on="never")
    followers = to_many(FOLLOW, visible_to=logged_in)

    def check(self, value: Merged) -> None:
        if not value["name"].strip():
            raise Invalid.attribute("name", "Field may not be blank.")
        links = value["social_links"]
        if links is not None and not isinstance(links, dict | list):
            raise Invalid.attribute("social_links", "Not a valid object.")


class UsersGroupsRolesSchema(Schema):
    """That somebody holds a role in a group, or is asked to; the token is told to them alone, by mail."""

    class Meta:
        type_ = "users-groups-role"

    email = Email(required=True, validate=mailable)
    accepted = Bool(dump_only=True)

    group = to_one("group", required=True, inverse="roles", inverse_visible_to=manager_of_group)
    user = to_one("user", set_on="never")
    role = to_one("role", required=True)


class UserFollowGroupSchema(Schema):
    """That a user follows a group."""

    class Meta:
        type_ = FOLLOW

    created_at = Time(dump_only=True)

    group = to_one("group", required=True)
    user = to_one("user", set_on="never", inverse="followed-groups", inverse_visible_to=follower_or_staff)


EventSchema.declare("group", to_one("group", set_on="write"))
