"""The wire form of sessions."""

from __future__ import annotations

from app.events.access import coorganizer
from app.jsonapi import (
    Bool,
    Choice,
    Int,
    Json,
    Merged,
    Number,
    RichText,
    Schema,
    Str,
    Time,
    Url,
    staff,
    to_many,
    to_one,
)
from app.jsonapi.errors import Invalid
from app.program.access import decider, insider_of_session
from app.program.models import STATES
from app.users.access import itself

LEVELS = ("Beginner", "Intermediate", "Advanced", "Expert")


def _link() -> Url:
    return Url(allow_none=True)


class SessionSchema(Schema):
    """A talk, workshop or the like.

    Who may not schedule sends times, room and lock nevertheless, as clients send every attribute: they are ignored.
    """

    class Meta:
        type_ = "session"

    deleted_at = Time(allow_none=True, writable_by=staff)
    title = Str(required=True)
    subtitle = Str(allow_none=True)
    level = Choice(*LEVELS, allow_none=True)
    short_abstract = RichText(links=True, allow_none=True)
    long_abstract = RichText(links=True, allow_none=True)
    comments = RichText(links=True, allow_none=True, visible_to=insider_of_session)
    starts_at = Time(allow_none=True, writable_by=coorganizer)
    ends_at = Time(allow_none=True, writable_by=coorganizer)
    language = Str(allow_none=True)
    slides_url = _link()
    slides = Json(allow_none=True)
    website = _link()
    twitter = _link()
    facebook = _link()
    github = _link()
    linkedin = _link()
    instagram = _link()
    gitlab = _link()
    mastodon = _link()
    video_url = _link()
    audio_url = _link()
    signup_url = _link()
    state = Choice(*STATES)
    created_at = Time(dump_only=True)
    submitted_at = Time(dump_only=True)
    is_mail_sent = Bool(dump_only=True, visible_to=insider_of_session)
    is_locked = Bool(writable_by=decider)
    last_modified_at = Time(dump_only=True)
    send_email = Bool(load_only=True, allow_none=True)
    average_rating = Number(dump_only=True, visible_to=coorganizer)
    rating_count = Int(dump_only=True, visible_to=coorganizer)
    favourite_count = Int(dump_only=True)
    complex_field_values = Json(
        allow_none=True, visible_to=insider_of_session, metadata={"otherwise": "public_field_values"}
    )

    event = to_one("event", required=True, inverse="sessions")
    microlocation = to_one("microlocation", set_on="write", writable_by=coorganizer, inverse="sessions")
    track = to_one("track", set_on="write", inverse="sessions")
    session_type = to_one("session-type", set_on="write", inverse="sessions")
    speakers = to_many("speaker", set_on="write")
    creator = to_one("user", set_on="never", visible_to=insider_of_session)
    favourite = to_one("user-favourite-session", attribute="favourites", only=itself, set_on="never")

    def check(self, value: Merged) -> None:
        if not value["title"].strip():
            raise Invalid.attribute("title", "Field may not be blank.")
        starts_at, ends_at = value["starts_at"], value["ends_at"]
        if starts_at is not None and ends_at is not None and ends_at <= starts_at:
            raise Invalid.attribute("ends_at", "ends-at should be after starts-at")
