"""The wire form of what stands on an event's page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, validate

from app.jsonapi import (
    Bool,
    Choice,
    Email,
    Int,
    Json,
    RichText,
    Schema,
    Str,
    Time,
    Url,
    staff,
    to_many,
    to_one,
)

_ADDRESS = validate.URL(schemes={"http", "https"}, require_tld=False)
FIRST_YEAR = 1900


class LinkList(Json):
    """A list of `{"name", "link"}`, each link an http(s) address; further members of an item are kept."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        links = super()._deserialize(value, attr, data, **kwargs)
        if not isinstance(links, list):
            raise ValidationError("A list of objects with name and link is expected.")
        for number, link in enumerate(links, start=1):
            self._check(number, link)
        return links

    @staticmethod
    def _check(number: int, link: Any) -> None:
        name, address = (link.get("name"), link.get("link")) if isinstance(link, dict) else (None, None)
        if not isinstance(name, str) or not name.strip() or not isinstance(address, str):
            raise ValidationError(f"Item {number} needs a name and a link.")
        try:
            _ADDRESS(address)
        except ValidationError as error:
            raise ValidationError(f"The link of item {number} is not a valid URL.") from error


class Year(Int):
    """A year since 1900, and no later one than that in which it is written."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        year = super()._deserialize(value, attr, data, **kwargs)
        validate.Range(FIRST_YEAR, datetime.now(UTC).year)(year)
        return year


def _text() -> Str:
    return Str(allow_none=True)


def _url() -> Url:
    return Url(allow_none=True)


def _deletion() -> Time:
    """When the row was deleted; staff write null to restore it."""
    return Time(allow_none=True, writable_by=staff)


class SponsorSchema(Schema):
    """Who pays for a part of an event."""

    class Meta:
        type_ = "sponsor"

    deleted_at = _deletion()
    name = Str(required=True)
    description = RichText(allow_none=True)
    url = _url()
    level = Int(allow_none=True)
    logo_url = _url()
    type = _text()

    event = to_one("event", required=True, inverse="sponsors")


class ExhibitorSchema(Schema):
    """Who shows something at an event."""

    class Meta:
        type_ = "exhibitor"

    name = Str(required=True)
    status = Choice("pending", "accepted")
    description = RichText(allow_none=True)
    url = _url()
    position = Int()
    logo_url = _url()
    banner_url = _url()
    thumbnail_image_url = Url(dump_only=True)
    enable_video_room = Bool()
    video_url = _url()
    slides_url = _url()
    contact_email = Email(allow_none=True)
    contact_link = _text()
    social_links = LinkList(allow_none=True)

    event = to_one("event", required=True, inverse="exhibitors")
    sessions = to_many("session", set_on="write", inverse="exhibitors")


class SocialLinkSchema(Schema):
    """Where else an event is found."""

    class Meta:
        type_ = "social-link"

    deleted_at = _deletion()
    name = Str(required=True)
    link = Url(required=True)
    identifier = Str(dump_only=True)

    event = to_one("event", required=True, inverse="social-links")


class FaqTypeSchema(Schema):
    """A group of questions."""

    class Meta:
        type_ = "faq-type"

    name = Str(required=True)

    event = to_one("event", required=True, inverse="faq-types")


class FaqSchema(Schema):
    """A question and its answer."""

    class Meta:
        type_ = "faq"

    deleted_at = _deletion()
    question = Str(required=True)
    answer = Str(required=True)

    event = to_one("event", required=True, inverse="faqs")
    faq_type = to_one("faq-type", set_on="write", inverse="faqs")


class EventCopyrightSchema(Schema):
    """Under which licence an event gives what it shows; any text names one."""

    class Meta:
        type_ = "event-copyright"

    deleted_at = _deletion()
    holder = _text()
    holder_url = _url()
    licence = Str(required=True)
    licence_url = _url()
    year = Year(allow_none=True)
    logo_url = _url()

    event = to_one("event", required=True, inverse="event-copyright", inverse_one=True)
