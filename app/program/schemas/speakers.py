"""The wire form of speakers."""

from __future__ import annotations

from app.events.access import coorganizer
from app.jsonapi import Bool, Choice, Email, Int, Json, RichText, Schema, Str, Time, Url, staff, to_many, to_one
from app.program.access import keeper_of_speaker
from app.users.access import itself_or_staff

GENDERS = (
    "Man", "Woman", "Transgender", "Non-binary", "Genderqueer", "An identity not listed here", "I prefer not to say",
)  # fmt: skip


def _text() -> Str:
    return Str(allow_none=True)


def _url() -> Url:
    return Url(allow_none=True)


def _private_text() -> Str:
    return Str(allow_none=True, visible_to=keeper_of_speaker)


def _private_rich_text() -> RichText:
    return RichText(allow_none=True, visible_to=keeper_of_speaker)


class SpeakerSchema(Schema):
    """Somebody who speaks, or would like to, at one event."""

    class Meta:
        type_ = "speaker"

    deleted_at = Time(allow_none=True, writable_by=staff)
    name = Str(required=True)
    email = Email(allow_none=True, visible_to=keeper_of_speaker)
    photo_url = _url()
    thumbnail_image_url = Url(dump_only=True)
    small_image_url = Url(dump_only=True)
    icon_image_url = Url(dump_only=True)
    short_biography = RichText(allow_none=True)
    long_biography = RichText(allow_none=True)
    speaking_experience = _private_rich_text()
    mobile = _private_text()
    website = _url()
    twitter = _url()
    facebook = _url()
    github = _url()
    mastodon = _url()
    linkedin = _url()
    instagram = _url()
    organisation = _text()
    is_featured = Bool(writable_by=coorganizer)
    is_email_overridden = Bool(visible_to=keeper_of_speaker)
    position = _text()
    country = _text()
    city = _text()
    address = _private_text()
    gender = Choice(*GENDERS, allow_none=True, visible_to=keeper_of_speaker)
    order = Int(writable_by=coorganizer)
    heard_from = _private_text()
    sponsorship_required = _private_rich_text()
    # Others see the answers that everybody may read.
    complex_field_values = Json(
        allow_none=True, visible_to=keeper_of_speaker, metadata={"otherwise": "public_field_values"}
    )
    speaker_positions = Json(allow_none=True)

    event = to_one("event", required=True, inverse="speakers")
    # Who is behind a speaker is known to those who know how to reach them.
    user = to_one(
        "user", set_on="never", visible_to=keeper_of_speaker, inverse="speakers", inverse_visible_to=itself_or_staff
    )
    sessions = to_many("session", set_on="write")
